/** The console calls for operators, their roles and their sign-in. */
import { consoleDoneAnswer, consoleSignInAnswer } from '../own/console.ts';
import { pageQuery } from '../own/console-directory.ts';
import { inboxOidcQuery } from '../own/inbox.ts';
import * as wire from '../own/operators.ts';
import { type Call, createNamed } from './call.ts';
import { askErrors, changeErrors, listErrors } from './console.ts';

const operator = {
  operatorId: 'op5f0c2b7a91d3e846',
  name: '王芳',
  email: 'wang.fang@example.com',
  disabled: false,
  createdAt: 1778481600000,
  grants: [
    { role: 'operator', corpId: 'dingcorp0001', userId: 'user003' },
    { role: 'auditor', corpId: null, userId: null },
  ],
} as const;
const given = [{ role: 'operator', corpId: 'dingcorp0001', userId: 'user003' }, { role: 'auditor' }];
const operatorAnswer = createNamed('ConsoleOperator', wire.consoleOperator, operator);
const findErrors = [...askErrors, 'huizhi.notFound'] as const;
const writeErrors = [...changeErrors, 'huizhi.conflict'] as const;
const tag = 'console';
const path = '/console/v1/operators/{operatorId}';

/** The calls under `/console/v1` for operators, and those that sign them in at an OpenID provider. */
export const operatorCalls: readonly Call[] = [
  {
    method: 'get',
    path: '/console/v1/signIn',
    id: 'consoleSignIn',
    tag,
    summary: 'Returns how operators can sign in here',
    answer: createNamed('ConsoleSignInAnswer', consoleSignInAnswer, { signIn: ['link', 'adminToken'] }),
    errors: ['system.error'],
  },
  {
    method: 'get',
    path: '/console/v1/oidc/start',
    id: 'startConsoleOidc',
    tag,
    summary: 'Redirects an operator to the OpenID provider',
    query: inboxOidcQuery,
    answer: {
      redirect:
        'To the provider, with a cookie of this sign-in; or to /console?signIn=failed if the provider is unavailable.',
    },
    errors: ['huizhi.badRequest', 'huizhi.notFound', 'system.error'],
  },
  {
    method: 'get',
    path: '/console/v1/oidc/callback',
    id: 'finishConsoleOidc',
    tag,
    summary: 'The redirect URI of the console for the OpenID provider',
    hasForeignQuery: true,
    answer: {
      redirect:
        'To the console, signed in; or to /console?signIn=failed, or to /console?signIn=unknown if no operator has the email address.',
    },
    errors: ['huizhi.notFound', 'system.error'],
  },
  {
    method: 'get',
    path: '/console/v1/operators',
    id: 'listOperators',
    tag,
    summary: 'Lists operators by name',
    query: pageQuery,
    answer: createNamed('OperatorsAnswer', wire.operatorsAnswer, {
      operators: [operator],
      cursor: null,
      total: { count: 1, isExact: true },
    }),
    errors: listErrors,
  },
  {
    method: 'post',
    path: '/console/v1/operators',
    id: 'addOperator',
    tag,
    summary: 'Adds an operator',
    body: createNamed('OperatorBody', wire.operatorBody, { name: operator.name, email: operator.email, grants: given }),
    answer: operatorAnswer,
    errors: writeErrors,
  },
  {
    method: 'get',
    path,
    id: 'findOperator',
    tag,
    summary: 'Returns one operator',
    answer: operatorAnswer,
    errors: findErrors,
  },
  {
    method: 'put',
    path,
    id: 'changeOperator',
    tag,
    summary: 'Changes an operator; other roles, and disabling, end their sessions at once',
    body: createNamed('OperatorChangeBody', wire.operatorChangeBody, { disabled: true }),
    answer: operatorAnswer,
    errors: writeErrors,
  },
  {
    method: 'delete',
    path,
    id: 'deleteOperator',
    tag,
    summary: 'Deletes an operator and ends their sessions; messages and the audit log still name them',
    answer: createNamed('ConsoleDone', consoleDoneAnswer, {}),
    errors: [...findErrors, 'huizhi.forbidden'],
  },
  {
    method: 'post',
    path: `${path}/link`,
    id: 'createOperatorLink',
    tag,
    summary: 'Creates a one-time link with which an operator signs in; earlier links end',
    body: createNamed('OperatorLinkBody', wire.operatorLinkBody, { validFor: 3_600_000 }),
    answer: createNamed('OperatorLinkAnswer', wire.operatorLinkAnswer, {
      url: 'https://huizhi.example.com/console#link=V7yDk2mQ…',
      link: 'V7yDk2mQ…',
      expiresAt: 1778485200000,
    }),
    errors: writeErrors,
  },
];
