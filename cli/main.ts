#!/usr/bin/env node
import { runAsProcess } from './process.ts';

void runAsProcess(process.argv.slice(2));
