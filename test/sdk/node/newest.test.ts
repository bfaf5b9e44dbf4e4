import manifest from '@alicloud/dingtalk/package.json' with { type: 'json' };
import { tellStory } from './tell.ts';

tellStory(manifest.version);
