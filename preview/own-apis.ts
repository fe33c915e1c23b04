import { join } from 'node:path';
import { type ApiFiles, readApiFiles } from './api-files.ts';

/** The kinds of this repository. In the bundle, which has no folder beside it, they are in this module's place. */
export const ownApiFiles = (): readonly ApiFiles[] => readApiFiles(join(import.meta.dirname, '..', 'apis'));
