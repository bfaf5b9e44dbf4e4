import { mountPage } from '../shared/mount.tsx';
import { markDocument } from '../shared/preferences.ts';
import { Application } from './application.tsx';
import './console.css';
import { markStyles } from './nonce.ts';

markDocument();
markStyles();
mountPage(<Application />);
