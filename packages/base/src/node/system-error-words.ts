/** The codes of the operating system in words. */

export interface SystemErrorWords {
  readonly expected: string;
  readonly received: string;
  readonly fix: string;
}

const checkPath = 'Check the path.';
const fixPermissions = 'Change the permissions, or give another path.';
const closeFiles = 'End other programs, or raise the limit by "ulimit -n".';

const words: Readonly<Record<string, SystemErrorWords>> = {
  ENOSPC: {
    expected: 'free space on the disk',
    received: 'a full disk',
    fix: 'Free some space, or write to another disk.',
  },
  EDQUOT: {
    expected: 'space left in the disk quota',
    received: 'a quota that is used up',
    fix: 'Free some space, or write to another disk.',
  },
  EROFS: {
    expected: 'a file system that can be written to',
    received: 'a read-only file system',
    fix: 'Give a path on another disk.',
  },
  EACCES: { expected: 'permission for this file or folder', received: 'permission denied', fix: fixPermissions },
  EPERM: { expected: 'permission for this file or folder', received: 'operation not permitted', fix: fixPermissions },
  ENOENT: { expected: 'a file or folder that exists', received: 'no such file or folder', fix: checkPath },
  EISDIR: { expected: 'a file', received: 'a folder', fix: checkPath },
  ERR_FS_EISDIR: { expected: 'a file', received: 'a folder', fix: checkPath },
  ENOTDIR: { expected: 'a folder', received: 'a file in its place, or in place of a folder above', fix: checkPath },
  EEXIST: { expected: 'a path that is free', received: 'one that exists already', fix: 'Give another path.' },
  ENOTEMPTY: { expected: 'an empty folder', received: 'one that holds files', fix: 'Give another path.' },
  EMFILE: { expected: 'fewer open files', received: 'too many open files in this process', fix: closeFiles },
  ENFILE: { expected: 'fewer open files', received: 'too many open files on this machine', fix: closeFiles },
  EIO: {
    expected: 'a device that can be read and written',
    received: 'an input/output error',
    fix: 'Check the disk and its connection.',
  },
  ENXIO: { expected: 'a device that is present', received: 'no such device', fix: checkPath },
  ENODEV: { expected: 'a device that is present', received: 'no such device', fix: checkPath },
  ESTALE: {
    expected: 'a network disk that answers',
    received: 'a stale handle of a network disk',
    fix: 'Mount the disk again.',
  },
  ENAMETOOLONG: { expected: 'a shorter path', received: 'a name that is too long', fix: 'Give a shorter path.' },
  ELOOP: { expected: 'links that end', received: 'a loop of links', fix: 'Replace the link by a file or folder.' },
  EFBIG: {
    expected: 'a file size that the file system allows',
    received: 'a file that is too large',
    fix: 'Write to another file system, or raise the limit by "ulimit -f".',
  },
  ETXTBSY: { expected: 'a file that is not in use', received: 'a program that is running', fix: 'Give another path.' },
  EBUSY: {
    expected: 'a file that is not in use',
    received: 'a file or device in use',
    fix: 'Close the program that uses it, then try again.',
  },
  EXDEV: { expected: 'one file system', received: 'two different ones', fix: 'Give a path on the same disk.' },
  EINVAL: { expected: 'a path that the system accepts', received: 'an invalid one', fix: checkPath },
  ENOMEM: { expected: 'enough memory', received: 'no memory left', fix: 'End other programs, or use fewer threads.' },
  EPIPE: { expected: 'a reader', received: 'a closed pipe', fix: 'Keep the program that reads running.' },
  ERR_FS_FILE_TOO_LARGE: {
    expected: 'a file of at most 2 GiB',
    received: 'a larger one',
    fix: 'Split it into smaller files.',
  },
  ERR_STRING_TOO_LONG: {
    expected: 'a text of at most 512 MiB',
    received: 'a longer one',
    fix: 'Split the file into smaller ones.',
  },
  ERR_WORKER_OUT_OF_MEMORY: {
    expected: 'enough memory',
    received: 'a thread that reached its memory limit',
    fix: 'Use smaller batches or fewer data, or raise the limit by NODE_OPTIONS=--max-old-space-size=MEGABYTES.',
  },
};

interface FailedCall {
  readonly code: string;
  readonly syscall?: string;
  readonly message: string;
}

/** What happened; in the system's own words for codes that have none here. */
export function reasonOf({ code, syscall, message }: FailedCall): SystemErrorWords {
  if (code === 'EEXIST' && syscall === 'mkdir') return words.ENOTDIR ?? plainWords(syscall, message);
  const found = Object.hasOwn(words, code) ? words[code] : undefined;
  return found === undefined || syscall?.startsWith('spawn') === true ? plainWords(syscall, message) : found;
}

function plainWords(syscall: string | undefined, message: string): SystemErrorWords {
  return {
    expected: `${syscall ?? 'an operation of the system'} to succeed`,
    received: message,
    fix: 'Check the device, path or address, then try again.',
  };
}
