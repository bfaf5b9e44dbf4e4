import { createCipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { decryptPush, encryptPush, type PushKeys, pushRandomBytes, signPush } from './encrypted.ts';

type Vector = PushKeys & {
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
  readonly encrypt: string;
  readonly text: string;
  /** The random text inside; empty if it is not known. */
  readonly random: string;
};

const own = {
  token: 'huizhiToken1',
  aesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
  ownerKey: 'dingsuitekeyexample1',
  timestamp: '1783610513000',
  nonce: 'aBcD1234',
};
const checkUrl = '{"EventType":"check_url"}';

/** Of the vendor's documentation, of a push that the vendor has sent, of its library, and two that were computed. */
const vectors: readonly Vector[] = [
  {
    token: '123456',
    aesKey: '1234567890123456789012345678901234567890123',
    ownerKey: 'dingsnotzck6pm5veliw',
    timestamp: '1614767836',
    nonce: 'A7Co0cJLMzIDtMMI',
    signature: '9a95a004dd16f5c307e849b994173f76aa26e5eb',
    encrypt: 'YvkvaGe4hQxd3VxRmEty0dVlnCOAqwf56xwTRHDHoOURqhalbmBJQk5FNcRk42Gl5T0YQXZNwpwWSm1xAFJ5ZA==',
    text: 'success',
    random: 'dICkEDLj0eb6yAbc',
  },
  {
    token: 'mryue',
    aesKey: 'Yue0EfdN5900c1ce5cf6A152c63DDe1808a60c5ecd7',
    ownerKey: 'ding6ccabc44d2c8d38b',
    timestamp: '1608001896814',
    nonce: 'WL4PK6yA',
    signature: '03044561471240d4a14bb09372dfcfd4fd0e40cb',
    encrypt:
      '0vJiX6vliEpwG3U45CtXqi+m8PXbQRARJ8p8BbDuD1EMTDf0jKpQ79QS93qEk7XHpP6u+oTTrd15NRPvNvmBKyDCYxxOK+HZeKju4yhELOFchzNukR+t8SB/qk4ROMu3',
    text: checkUrl,
    random: 'l7Y3EcX2CU5w8av3',
  },
  {
    token: 'tokenxxxx',
    aesKey: 'o1w0aum42yaptlz8alnhwikjd3jenzt9cb9wmzptgus',
    ownerKey: 'dingxxxxxx',
    timestamp: '1605695694141',
    nonce: 'WelUQl6bCqcBa2fM',
    signature: 'f36f4ba5337d426c7d4bca0dbcb06b3ddc1388fc',
    encrypt: 'X1VSe9cTJUMZu60d3kyLYTrBq5578ZRJtteU94wG0Q4Uk6E/wQYeJRIC0/UFW5Wkya1Ihz9oXAdLlyC9TRaqsQ==',
    text: 'success',
    random: '',
  },
  {
    ...own,
    signature: '8c79f7c2aa95b605477f63b4306d9a1e55260762',
    encrypt:
      'Q3stYC6hdFzMh9T8HCvyDLV8JeomtQuxZLosYEI28mjzSD5UpK2hp0QUc4H6M/N5lD/0PzTqAmujLUlNP9cNODF7JZHWzwqezcYHBLUWGfqBsH+nU4q+Nn055ORItq1z',
    text: checkUrl,
    random: '0123456789abcdef',
  },
  {
    ...own,
    signature: '91367437ef2e750858221533e6cba2650cf037e0',
    encrypt: 'DpQeJfnf/MGZ/+GTIspwVJgTcRfMeR2hy6NX4JlfnmjSbSMmH9peus88LgiugmTWsdOEfzauKuW2bSVTCMm9kA==',
    text: 'success',
    random: 'fedcba9876543210',
  },
];

test.each(vectors)('$encrypt decrypts to $text, and has its signature', (vector) => {
  expect(decryptPush(vector, vector.encrypt)).toBe(vector.text);
  expect(signPush(vector.token, vector)).toBe(vector.signature);
});

test.each(vectors.filter(({ random }) => random !== ''))('$text with $random encrypts to $encrypt', (vector) => {
  expect(encryptPush(vector, vector.text, Buffer.from(vector.random))).toBe(vector.encrypt);
});

test('every length of a text is decrypted again, with characters of several bytes', () => {
  const random = Buffer.alloc(pushRandomBytes, 7);
  for (let length = 0; length <= 40; length++) {
    const text = '汉'.repeat(length) + 'a'.repeat(length % 3);
    expect(decryptPush(own, encryptPush(own, text, random))).toBe(text);
  }
});

test('a line break in the base64, and a padding to 16 bytes, are accepted', () => {
  const [first = ''] = vectors.map(({ encrypt }) => encrypt);
  expect(decryptPush(vectors[0] ?? own, `${first.slice(0, 76)}\n${first.slice(76)}\n`)).toBe('success');
  const key = Buffer.from(`${own.aesKey}=`, 'base64');
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16));
  const plain = Buffer.concat([Buffer.alloc(pushRandomBytes), Buffer.from([0, 0, 0, 7]), Buffer.from('success')]);
  const padded = [cipher.update(plain), cipher.update(own.ownerKey), cipher.final()];
  expect(decryptPush(own, Buffer.concat(padded).toString('base64'))).toBe('success');
});

test('what was changed, or encrypted with other keys or for another owner, is refused', () => {
  const encrypt = encryptPush(own, checkUrl, Buffer.alloc(pushRandomBytes, 1));
  const bytes = Buffer.from(encrypt, 'base64');
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(decryptPush(own, changed.toString('base64'))).not.toBe(checkUrl);
  }
  expect(decryptPush({ ...own, aesKey: own.aesKey.toLowerCase() }, encrypt)).toBeUndefined();
  expect(decryptPush({ ...own, ownerKey: 'dingother' }, encrypt)).toBeUndefined();
  for (const other of ['', 'AAAA', '!', encrypt.slice(4), bytes.subarray(0, 64).toString('base64'), 'A'.repeat(400)])
    expect(decryptPush(own, other)).toBeUndefined();
});
