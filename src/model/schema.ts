// The one place that imports the validation library; every schema of the project is built from this `z`.
export { z } from 'zod';
