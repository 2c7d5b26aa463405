import { keeps } from './keep.js'

keeps('scenarios', /^0/, 2)
