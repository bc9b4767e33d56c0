// Checks the verdict on simulated histories and writes docs/calibration.md with its pictures. The same seed gives the same page.
//   npm run calibrate                 2,000 histories per setting, about two minutes
//   npm run calibrate -- 200          fewer
import { mkdir, writeFile } from 'node:fs/promises';
import { calibrationPage } from './calibration/page.ts';
import { coveragePicture, falseAlarmPicture, powerPicture } from './calibration/pictures.ts';
import { episodes, runStudy } from './calibration/study.ts';

const histories = Number(process.argv[2] ?? 2_000);
if (!Number.isInteger(histories) || histories < 1) {
  console.error('calibrate: the number of histories must be a whole number; type: npm run calibrate -- [N]');
  process.exit(64);
}
const docs = new URL('../docs/', import.meta.url);
const study = runStudy(histories, 1, (name) => console.error(`calibrate: ${name}`));

await mkdir(new URL('calibration/', docs), { recursive: true });
await writeFile(new URL('calibration.md', docs), calibrationPage(study));
await writeFile(new URL('calibration/false-alarms.svg', docs), falseAlarmPicture(study.nulls));
await writeFile(new URL('calibration/power.svg', docs), powerPicture(study.powers, episodes));
await writeFile(new URL('calibration/coverage.svg', docs), coveragePicture(study.ratioMisses));
