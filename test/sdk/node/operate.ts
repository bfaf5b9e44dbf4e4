/** The operations of the SDK by the names that it has for them, such as `robot_1_0.OrgGroupSend`. */
import { contact_1_0, im_1_0, robot_1_0 } from '@alicloud/dingtalk';
import { Config } from '@alicloud/openapi-client';
import { RuntimeOptions } from '@alicloud/tea-util';
import type { Fields } from './sdk.ts';

type Model = new (fields: object) => object;
type Method = (...values: readonly unknown[]) => Promise<{ readonly body?: { toMap(): unknown } }>;

const modules: Readonly<Record<string, object>> = { contact_1_0, im_1_0, robot_1_0 };

/**
 * Creates a function that makes a call with the typed request and headers of its operation, and returns the response
 * body with its wire names, or throws the SDK's error. `path` has the parameters in the path.
 */
export function createOperate(endpoint: string) {
  const config = new Config({ protocol: 'http', endpoint });
  return async (operation: string, token: string | undefined, path: readonly string[], fields: Fields) => {
    const [module = '', name = ''] = operation.split('.');
    const sdk = modules[module] as Readonly<Record<string, Model | undefined>> | undefined;
    const { default: Client, [`${name}Request`]: Request, [`${name}Headers`]: Headers } = sdk ?? {};
    if (!Client || !Headers) throw new Error(`The SDK has no operation ${operation}`);
    const client = new Client(config) as Readonly<Record<string, Method>>;
    const request = Request ? [new Request(fields)] : [];
    const headers = new Headers({ xAcsDingtalkAccessToken: token });
    const method = `${name.charAt(0).toLowerCase()}${name.slice(1)}WithOptions`;
    return (await client[method]?.(...path, ...request, headers, new RuntimeOptions()))?.body?.toMap();
  };
}
