import { afterAll, beforeAll, describe } from 'vitest';
import { MINUTES, openDoor, shutDoor } from './callers/door.ts';
import { fairness } from './callers/fairness.ts';
import { limitsAtATime, limitsWithoutRedis, limitsWithRedis } from './callers/limits.ts';
import { badLists } from './callers/lists.ts';
import { outages } from './callers/outages.ts';
import { openAIClients } from './callers/sdk.ts';
import { nothingOfAKey } from './callers/secrecy.ts';
import './testing.ts';

describe('callers', () => {
  beforeAll(() => shutDoor(), 5 * MINUTES);
  afterAll(openDoor, 10 * MINUTES);
  badLists();
  limitsWithoutRedis();
  limitsAtATime();
  limitsWithRedis();
  nothingOfAKey();
  openAIClients();
  fairness();
  outages();
});
