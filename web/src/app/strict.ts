import { z } from 'zod'

// zod would otherwise try whether it may compile code, which the content security policy reports. Must be
// imported before the first schema.
z.config({ jitless: true })
