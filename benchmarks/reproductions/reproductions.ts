/** The paper's tables and figures as commands, in the form in which domains list theirs. */
import { ablationCommand } from './ablation/command.js';
import { mutualInformationCommand } from './mutual-information/command.js';
import { predictionAccuracyCommand } from './prediction-accuracy/command.js';

export const domainCommands = {
  name: 'reproduce',
  summary: 'the paper’s tables and figures, as runnable experiments',
  commands: [ablationCommand, predictionAccuracyCommand, mutualInformationCommand],
};
