/**
 * Generates the schemas of the resources in the Helm chart, deploy/helm/schemas, which kubeconform checks:
 * `npx node scripts/deploy-schemas.ts`. Their sources are the API descriptions of Kubernetes and of the Prometheus
 * operator, as their Go modules contain them. It needs Go.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** The modules whose descriptions are used. */
const sources = {
  kubernetes: 'k8s.io/kubernetes@v1.33.0',
  prometheus: 'github.com/prometheus-operator/prometheus-operator@v0.82.0',
} as const;

/** The resources of the chart, by the file that kubeconform looks for: kind, group and version. */
const kinds = {
  'deployment-apps-v1': 'io.k8s.api.apps.v1.Deployment',
  'ingress-networking-v1': 'io.k8s.api.networking.v1.Ingress',
  'networkpolicy-networking-v1': 'io.k8s.api.networking.v1.NetworkPolicy',
  'persistentvolumeclaim-v1': 'io.k8s.api.core.v1.PersistentVolumeClaim',
  'poddisruptionbudget-policy-v1': 'io.k8s.api.policy.v1.PodDisruptionBudget',
  'service-v1': 'io.k8s.api.core.v1.Service',
  'serviceaccount-v1': 'io.k8s.api.core.v1.ServiceAccount',
} as const;

const intOrString = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

type Schema = { readonly [key: string]: unknown };

const folder = fileURLToPath(new URL('../deploy/helm/schemas/', import.meta.url));

/** Downloads a module through the Go proxy, and returns its folder. */
function download(module: string): string {
  const text = execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8', cwd: '/' });
  return (JSON.parse(text) as { Dir: string }).Dir;
}

/** Returns a schema that refuses members it does not name, without descriptions and extensions. */
function tighten(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(tighten);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { description, ...rest } = schema as Schema;
  const own = Object.entries(typeof description === 'string' ? rest : schema).filter(([key]) => !/^x-/.test(key));
  const tight = Object.fromEntries(own.map(([key, value]) => [key, tighten(value)]));
  if (isObjectSchema(tight)) return { ...tight, additionalProperties: false };
  return tight;
}

const isObjectSchema = ({ type, properties, additionalProperties }: Schema) =>
  type === 'object' && properties !== undefined && additionalProperties === undefined;

/** Finds the definitions that a schema refers to, directly or through others. */
function findReferences(schema: unknown, definitions: Schema, found: Set<string>): void {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    const name = key === '$ref' && typeof value === 'string' ? value.replace(/^.*\//, '') : undefined;
    if (name === undefined) findReferences(value, definitions, found);
    else if (!found.has(name)) {
      found.add(name);
      findReferences(definitions[name], definitions, found);
    }
  }
}

/** What the description calls a text may be a number in a manifest. */
const ownDefinitions: Schema = {
  [intOrString]: { type: ['string', 'integer'] },
  [quantity]: { type: ['string', 'number'] },
};

function write(name: string, schema: unknown): void {
  writeFileSync(join(folder, name), `${JSON.stringify(schema, null, 1)}\n`);
}

function writeKubernetes(): string {
  const from = download(sources.kubernetes);
  const text = readFileSync(join(from, 'api/openapi-spec/swagger.json'), 'utf8');
  const { definitions } = JSON.parse(text) as { definitions: Schema };
  const used = new Set<string>(Object.values(kinds));
  for (const name of Object.values(kinds)) findReferences(definitions[name], definitions, used);
  const tight = [...used].toSorted().map((name) => [name, ownDefinitions[name] ?? tighten(definitions[name])]);
  write('definitions.json', { definitions: Object.fromEntries(tight) });
  for (const [file, name] of Object.entries(kinds))
    write(`${file}.json`, { $ref: `definitions.json#/definitions/${name}` });
  return from;
}

function writePrometheus(): void {
  const from = download(sources.prometheus);
  const path = 'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml';
  const { spec } = parse(readFileSync(join(from, path), 'utf8')) as {
    spec: { versions: { schema: { openAPIV3Schema: unknown } }[] };
  };
  const schema = tighten(spec.versions[0]?.schema.openAPIV3Schema) as { properties: Schema };
  // The description of a custom resource leaves out what all resources have.
  write('servicemonitor-monitoring-v1.json', {
    ...schema,
    properties: { ...schema.properties, metadata: { type: 'object' } },
  });
}

const readme = `# Schemas of the resources in the chart

kubeconform checks the chart with these files, so that the check needs no network. They are generated by \`scripts/deploy-schemas.ts\`, which leaves out
descriptions and refuses unknown members, from the API descriptions in two Go modules. Both have the Apache License, version 2.0: [LICENSE](LICENSE).

| files | source |
| --- | --- |
| \`definitions.json\`, and the files that refer to it | \`api/openapi-spec/swagger.json\` of \`${sources.kubernetes}\` (https://github.com/kubernetes/kubernetes) |
| \`servicemonitor-monitoring-v1.json\` | \`example/prometheus-operator-crd\` of \`${sources.prometheus}\` (https://github.com/prometheus-operator/prometheus-operator) |
`;

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const from = writeKubernetes();
writePrometheus();
writeFileSync(join(folder, 'LICENSE'), readFileSync(join(from, 'LICENSE')));
writeFileSync(join(folder, 'README.md'), readme);
