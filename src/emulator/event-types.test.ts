import { expectTypeOf, test } from 'vitest';
import type { SetupAppEvent, SetupEndpointEvent } from '../config/setup.ts';
import type { ChangeType } from '../store/directory/organization-changes.ts';
import type { EventType } from '../wire/own/endpoints.ts';
import type { CallbackTag, StreamEventType } from '../wire/vendor/values.ts';
import type { EmulatorEvent } from './event-types.ts';

// The type checker makes these comparisons: `npm run check` fails if a list of the public types, which do not import the
// tables, has another member than its table, or lacks one.

test('the public types list the events of endpoints as the table in src/wire/own/endpoints.ts', () => {
  expectTypeOf<SetupEndpointEvent>().toEqualTypeOf<EventType>();
  expectTypeOf<EmulatorEvent['type']>().toEqualTypeOf<EventType>();
});

test('the public types list the events of apps as the table in src/wire/vendor/values.ts', () => {
  expectTypeOf<SetupAppEvent>().toEqualTypeOf<StreamEventType>();
  expectTypeOf<StreamEventType>().toEqualTypeOf<ChangeType | 'robot_msg_read' | 'robot_msg_recall'>();
  expectTypeOf<StreamEventType>().toExtend<CallbackTag>();
});
