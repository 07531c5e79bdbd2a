package io.stoat.affinity;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of {@link HostCheck} about memory. */
final class MemoryChecks {
    private static final String THP = "sys/kernel/mm/transparent_hugepage/enabled";
    private static final Pattern CHOSEN = Pattern.compile("\\[(\\w+)]");
    private static final int SWAP_USED_FIELD = 3;
    private static final long MAX_SWAPPINESS = 10;
    private static final Path SHM = Path.of("/dev/shm");
    private static final long SHM_FAIL_BYTES = 64L << 20;
    private static final long SHM_WARN_BYTES = 256L << 20;

    private final HostFiles files;
    private final DiskSpace diskSpace;

    MemoryChecks(final HostFiles files, final DiskSpace diskSpace) {
        this.files = files;
        this.diskSpace = diskSpace;
    }

    List<Finding> run() {
        return List.of(hugePages(), swap(), swappiness(), lockedMemory(), sharedMemory());
    }

    private Finding hugePages() {
        final String name = "transparent huge pages";
        final Matcher chosen = CHOSEN.matcher(files.text(THP).orElse(""));
        if (!chosen.find()) {
            return Finding.unknown(name, "/" + THP);
        }
        return chosen.group(1).equals("always")
                ? Finding.warn(
                        name,
                        "always",
                        "page faults wait while the kernel clears or gathers 2 MiB of memory",
                        "echo madvise | sudo tee /" + THP)
                : Finding.ok(name, chosen.group(1));
    }

    /** KiB in use for each swap device; empty when the kernel does not tell. */
    private Optional<long[]> swapUsed() {
        if (files.text("proc/swaps").isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                files.lines("proc/swaps").stream()
                        .skip(1)
                        .map(line -> line.split("\\s+"))
                        .filter(fields -> fields.length > SWAP_USED_FIELD)
                        .mapToLong(fields -> HostFiles.parseLong(fields[SWAP_USED_FIELD]).orElse(0))
                        .toArray());
    }

    private Finding swap() {
        final String name = "swap";
        final Optional<long[]> devices = swapUsed();
        if (devices.isEmpty()) {
            return Finding.unknown(name, "/proc/swaps");
        }
        if (devices.get().length == 0) {
            return Finding.ok(name, "none");
        }
        final long usedKib = java.util.Arrays.stream(devices.get()).sum();
        return usedKib == 0
                ? Finding.ok(name, "unused")
                : Finding.warn(
                        name,
                        DiskSpace.Space.mib(usedKib * 1024) + " in use",
                        "reading a swapped-out page of a shard or of the heap takes milliseconds",
                        "sudo swapoff -a, and remove swap from /etc/fstab");
    }

    private Finding swappiness() {
        final String name = "swappiness";
        final OptionalLong value = files.number("proc/sys/vm/swappiness");
        final Optional<long[]> devices = swapUsed();
        if (value.isEmpty()) {
            return Finding.unknown(name, "/proc/sys/vm/swappiness");
        }
        if (devices.isPresent() && devices.get().length == 0) {
            return Finding.ok(name, value.getAsLong() + ", without swap");
        }
        return value.getAsLong() <= MAX_SWAPPINESS
                ? Finding.ok(name, String.valueOf(value.getAsLong()))
                : Finding.warn(
                        name,
                        String.valueOf(value.getAsLong()),
                        "the kernel swaps idle pages out to keep files cached",
                        "sudo sysctl -w vm.swappiness=1");
    }

    /** Matters only where pages can be swapped out. */
    private Finding lockedMemory() {
        final String name = "limit of locked memory";
        final Optional<String> limit = ProcessLimits.soft(files, "Max locked memory");
        if (limit.isEmpty()) {
            return Finding.unknown(name, ProcessLimits.SOURCE);
        }
        final String observed =
                HostFiles.parseLong(limit.get()).isPresent() ? limit.get() + " B" : limit.get();
        final Optional<long[]> devices = swapUsed();
        final boolean canSwap = devices.isPresent() && devices.get().length > 0;
        return canSwap && !limit.get().equals(ProcessLimits.UNLIMITED)
                ? Finding.warn(
                        name,
                        observed + ", with swap",
                        "a larger store cannot be locked into memory (vmtouch -l) against swapping",
                        "ulimit -l unlimited, or LimitMEMLOCK=infinity in the systemd unit")
                : Finding.ok(name, observed);
    }

    private Finding sharedMemory() {
        final String name = "/dev/shm";
        final boolean mounted =
                new MountTable(files)
                        .holding(SHM)
                        .filter(mount -> mount.point().equals(SHM))
                        .isPresent();
        if (!mounted) {
            return Finding.unknown(name, MountTable.SOURCE);
        }
        final DiskSpace.Space space;
        try {
            space = diskSpace.of(SHM);
        } catch (final IOException ex) {
            return Finding.unknown(name, "statvfs: " + ex.getMessage());
        }
        if (space.freeBytes() >= SHM_WARN_BYTES) {
            return Finding.ok(name, space.toString());
        }
        return new Finding(
                name,
                space.freeBytes() < SHM_FAIL_BYTES ? Level.FAIL : Level.WARN,
                space.toString(),
                "Aeron's buffers and a store there may not fit: the process ends in SIGBUS or does not"
                        + " start",
                "delete what is left over there, sudo mount -o remount,size=2g /dev/shm, or docker"
                        + " --shm-size=2g");
    }
}
