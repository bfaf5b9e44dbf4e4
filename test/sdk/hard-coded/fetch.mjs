const answer = await fetch('https://api.dingtalk.com/v1.0/oauth2/accessToken', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ appKey: 'dingappinternal', appSecret: 's3cret-internal' }),
});
process.stdout.write(await answer.text());
