/** Why a file could not be opened, read or written, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return (code === undefined ? undefined : REASONS.get(code)) ?? message
}

/** Whether it was the file system that said no: nobody's defect. */
export const isOfFiles = (error: unknown): error is NodeJS.ErrnoException => {
  const { code, syscall } = error as NodeJS.ErrnoException
  return error instanceof Error && syscall !== undefined && REASONS.has(code ?? '')
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'there is no such folder'],
  ['EISDIR', 'it is a folder'],
  ['ERR_FS_EISDIR', 'it is a folder'],
  ['EEXIST', 'it is there already, and is no folder'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'nothing can be written there'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk is full, for this user'],
  ['EFBIG', 'the file would be too long'],
  ['EINVAL', 'it cannot be used like a file'],
  ['EIO', 'the device failed'],
  ['ENXIO', 'nobody is at the other end'],
  ['ENODEV', 'there is no such device'],
  ['EPIPE', 'nobody reads it any more'],
  ['EBUSY', 'it is in use'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open'],
  ['ESTALE', 'the server of the files lost it'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ELOOP', 'its links lead in a circle'],
])
