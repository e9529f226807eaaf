// Loaded before a program: at its end it tells file descriptor 3 the most memory that the process ever had.
import { readFileSync, writeSync } from 'node:fs';

process.on('exit', () => void writeSync(3, readFileSync('/proc/self/status')));
