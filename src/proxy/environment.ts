import type { Environment, JavaStore } from './trust.ts';

export type EnvironmentParts = {
  /** The variables of this process. */
  readonly before: Environment;
  /** URL of the huizhi, for the commands and the client of huizhi. */
  readonly endpoint: string;
  readonly proxy: { readonly url: string; readonly port: number };
  readonly files: { readonly additional: string; readonly complete: string };
  readonly java: JavaStore | undefined;
};

/** Hosts that programs reach without the proxy. */
const direct = ['localhost', '127.0.0.1', '::1'];

/**
 * Returns the environment of a command: that of this process, with the variables by which programs use the proxy and
 * trust its certificate authority.
 */
export function createEnvironment({ before, endpoint, proxy, files, java }: EnvironmentParts): Environment {
  const { url } = proxy;
  const options = [before.JAVA_TOOL_OPTIONS, ...listJavaOptions(proxy.port, java)].filter(Boolean).join(' ');
  return {
    ...before,
    ...bothCases({ http_proxy: url, https_proxy: url, all_proxy: url, no_proxy: direct.join(',') }),
    // Node 22.21, 24.5 and later take the proxy from the environment if this is set.
    NODE_USE_ENV_PROXY: '1',
    NODE_EXTRA_CA_CERTS: files.additional,
    SSL_CERT_FILE: files.complete,
    REQUESTS_CA_BUNDLE: files.complete,
    CURL_CA_BUNDLE: files.complete,
    HTTPLIB2_CA_CERTS: files.complete,
    WEBSOCKET_CLIENT_CA_BUNDLE: files.complete,
    DENO_CERT: files.additional,
    JAVA_TOOL_OPTIONS: options,
    HUIZHI_ENDPOINT: endpoint,
  };
}

/** Programs read these variables in lower case, in upper case, or in both. */
function bothCases(variables: Readonly<Record<string, string>>): Environment {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => [
      [name, value],
      [name.toUpperCase(), value],
    ]),
  );
}

function listJavaOptions(port: number, store: JavaStore | undefined): readonly string[] {
  const proxies = ['http', 'https'].flatMap((scheme) => [
    `-D${scheme}.proxyHost=127.0.0.1`,
    `-D${scheme}.proxyPort=${port}`,
  ]);
  const trust = store && [
    // The path may have spaces.
    `"-Djavax.net.ssl.trustStore=${store.path}"`,
    `-Djavax.net.ssl.trustStorePassword=${store.password}`,
  ];
  return [...proxies, '-Dhttp.nonProxyHosts=localhost|127.*|[::1]', ...(trust ?? [])];
}
