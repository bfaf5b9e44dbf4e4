import { type ErrorCode, wireError } from '../../wire/errors.ts';
import { type Fields, invalid, isGiven, parseObject } from './fields.ts';

/** The most sources of dynamic data in one card. */
const mostSources = 10;

const strategies = ['NONE', 'INTERVAL', 'ONCE', 'RENDER'];
const timeUnits = ['SECONDS', 'MINUTES', 'HOURS', 'DAYS'];

/** Checks the sources of dynamic data of a card. huizhi does not pull from them. */
export function checkDynamicData(given: unknown): void {
  const sources = parseObject(given, 'openDynamicDataConfig')?.dynamicDataSourceConfigs;
  if (!isGiven(sources)) return;
  if (!Array.isArray(sources) || sources.length > mostSources)
    throw invalid(`dynamicDataSourceConfigs is not a list of up to ${mostSources} sources`);
  for (const source of sources) checkSource(parseObject(source, 'dynamicDataSourceConfigs') ?? {});
}

function checkSource({ dynamicDataSourceId, pullConfig }: Fields): void {
  check('param.dynamicSourceIdEmpty', typeof dynamicDataSourceId === 'string' && dynamicDataSourceId.trim() !== '');
  const pull = parseObject(pullConfig, 'pullConfig');
  if (!pull) throw wireError('param.dynamicDataPullConfigEmpty', { why: 'a source has no pullConfig' });
  check('param.dynamicDataSourcePullStrategyEmpty', isOneOf(strategies, pull.pullStrategy));
  if (pull.pullStrategy !== 'INTERVAL') return;
  check('param.dynamicDataPullIntervalInvalid', Number.isSafeInteger(pull.interval) && Number(pull.interval) > 0);
  check('param.dynamicDataPullIntervalTimeUnitInvalid', isOneOf(timeUnits, pull.timeUnit));
}

const isOneOf = (names: readonly string[], value: unknown) => typeof value === 'string' && names.includes(value);

function check(code: ErrorCode, holds: boolean): void {
  if (!holds) throw wireError(code, { why: 'a source of openDynamicDataConfig is not valid' });
}
