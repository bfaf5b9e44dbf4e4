import { Tag } from 'antd';
import type { ConsoleEndpoint } from '../../../../src/client/answers.ts';
import { useTexts } from '../../texts/use-texts.ts';

const colors = { no: 'success', operator: 'default', gone: 'error' } as const;

/** Whether an endpoint gets events. */
export function EndpointState({ endpoint: { disabled } }: { readonly endpoint: ConsoleEndpoint }) {
  const t = useTexts();
  return <Tag color={colors[disabled]}>{t.endpoints.disabled[disabled]}</Tag>;
}

/** The call for an endpoint, or with `part` for something of it. */
export function endpointCall(corpId: string, endpointId: string, part = ''): string {
  return `/console/v1/endpoints/${encodeURIComponent(endpointId)}${part}?${new URLSearchParams({ corpId })}`;
}

/** The page of an endpoint. */
export const endpointPath = (endpointId: string) => `/endpoints/${encodeURIComponent(endpointId)}`;
