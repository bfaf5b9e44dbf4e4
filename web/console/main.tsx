import { StrictMode } from 'react';
import { mounted } from '../shared/mount.ts';
import { Application } from './application.tsx';
import './console.css';
import { markStyles } from './nonce.ts';

markStyles();
mounted(
  <StrictMode>
    <Application />
  </StrictMode>,
);
