import manifest from 'dingtalk-older/package.json' with { type: 'json' };
import { vi } from 'vitest';
import { tellStory } from './tell.ts';

// Every import of the SDK in this file's module graph resolves to the version of about two years ago.
vi.mock('@alicloud/dingtalk', () => import('dingtalk-older'));

tellStory(manifest.version);
