const domains = ['dingtalk.com', 'dingtalk.io'];
const names = ['api', 'oapi', 'wss-open-connection', 'wss-open-connection-union'];

/** The vendor's domains, in China and elsewhere. */
export const vendorDomains: readonly string[] = domains;

/** The hosts of the vendor whose calls huizhi answers. */
export const vendorHosts: readonly string[] = domains.flatMap((domain) => names.map((name) => `${name}.${domain}`));

/** Whether a host name, without a port, is one of the vendor's. */
export function isVendorHost(name: string): boolean {
  return vendorHosts.includes(name.toLowerCase().replace(/\.$/, ''));
}
