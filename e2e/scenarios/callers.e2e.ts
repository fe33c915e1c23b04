import { afterAll, describe } from 'vitest';
import { attacks } from './callers/attacks.ts';
import { MINUTES, openDoor } from './callers/door.ts';
import { switchingOff, switchingOn } from './callers/switching.ts';
import { byKeys, byTokens, listOfModels } from './callers/who.ts';
// Its afterEach keeps what there is to see of a scenario that fails.
import './testing.ts';

// In this order, because a front door takes a minute to be switched on and one to be switched off.
describe('callers', () => {
  afterAll(openDoor, 10 * MINUTES);
  switchingOn();
  byKeys();
  byTokens();
  listOfModels();
  attacks();
  switchingOff();
});
