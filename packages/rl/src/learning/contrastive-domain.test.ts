import { describeDomain } from '@cpc/testing';
import { createContrastiveDomain } from '../test-support/contrastive-domain.js';

describeDomain('an agent’s contrastive task', { create: createContrastiveDomain });
