import { StrictMode } from 'react';
import { mounted } from '../shared/mount.ts';
import { SignIn } from './sign-in.tsx';

mounted(
  <StrictMode>
    <SignIn />
  </StrictMode>,
);
