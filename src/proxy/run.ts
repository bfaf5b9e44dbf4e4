/** What a command needs to reach a huizhi under the vendor's names: a proxy, files of certificates, and variables. */
import { vendorDomains, vendorHosts } from '../wire/vendor/hosts.ts';
import { createRunCertificates } from './certificates.ts';
import { createEnvironment } from './environment.ts';
import { openProxy, type ProxyParts } from './proxy.ts';
import { type Environment, writeTrustFiles } from './trust.ts';

export { describeRefusal } from './proxy.ts';
export type { HostPort } from './targets.ts';
export type { Environment } from './trust.ts';

export type RunParts = Omit<ProxyParts, 'certificates'> & {
  /** The variables of this process. */
  readonly environment: Environment;
  /** Called if a JDK is installed but its keytool fails: Java programs will not trust the certificates. */
  readonly onJavaFailure: (error: Error) => void;
};

export type ProxyRun = {
  readonly environment: Environment;
  /** Removes the files at once, for a process that exits. */
  removeFiles(): void;
  /** Closes all connections and removes the files. */
  close(): Promise<void>;
};

const address = '127.0.0.1';

/** Opens a proxy to a huizhi for one run of a command. */
export async function openProxyRun({ environment: before, onJavaFailure, ...parts }: RunParts): Promise<ProxyRun> {
  const { authority, ...certificates } = createRunCertificates({
    hosts: vendorHosts,
    domains: vendorDomains,
    addresses: [address],
  });
  const files = writeTrustFiles(authority, before);
  try {
    const java = files.java.catch((error: Error) => void onJavaFailure(error));
    const proxy = await openProxy({ ...parts, certificates });
    const endpoint = parts.endpoint.origin;
    return {
      environment: createEnvironment({ before, endpoint, proxy, files, java: (await java) ?? undefined }),
      removeFiles: files.remove,
      async close() {
        files.remove();
        await proxy.close();
      },
    };
  } catch (error) {
    files.remove();
    throw error;
  }
}
