import { keeps } from './keep.js'

keeps('scenarios/experiments', /^(?!0[12])/)
