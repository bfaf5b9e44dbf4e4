import manifest from 'dingtalk-older/package.json' with { type: 'json' };
import { vi } from 'vitest';
import { tellStory } from './tell.ts';

// Everything in this file's module graph that imports the SDK gets the one of about two years ago.
vi.mock('@alicloud/dingtalk', () => import('dingtalk-older'));

tellStory(manifest.version);
