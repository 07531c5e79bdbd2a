package io.stoat.affinity;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The part of {@link HostCheck} about sockets, files and disks. */
final class IoChecks {
    /** For which drivers ask where the host allows it: twice the longest window. */
    private static final long RECEIVE_BUFFER_BYTES = 2L << 20;

    /** For which drivers ask, whatever the host allows. */
    private static final long SEND_BUFFER_BYTES = 128L << 10;

    private static final String UDP_FILE = "proc/net/snmp";
    private static final String UDP_LINE = "Udp:";
    private static final long OPEN_FILES = 4096;
    private static final long DISK_FAIL_BYTES = 64L << 20;
    private static final long DISK_WARN_BYTES = 1L << 30;

    private static final Set<String> MEMORY_TYPES = Set.of("tmpfs", "ramfs", "hugetlbfs");
    private static final Set<String> DISK_TYPES = Set.of("ext4", "ext3", "ext2", "xfs", "f2fs");

    /** Pages mapped by two processes are not the same page, or locks do not hold. */
    private static final Set<String> UNFIT_TYPES =
            Set.of("nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "afs", "virtiofs");

    private final HostFiles files;
    private final Path dataDir;
    private final DiskSpace diskSpace;

    IoChecks(final HostFiles files, final Path dataDir, final DiskSpace diskSpace) {
        this.files = files;
        this.dataDir = dataDir;
        this.diskSpace = diskSpace;
    }

    List<Finding> run() {
        return List.of(
                socketBuffer("net.core.rmem_max", RECEIVE_BUFFER_BYTES),
                socketBuffer("net.core.wmem_max", SEND_BUFFER_BYTES),
                udpErrors(),
                openFiles(),
                addressSpace(),
                fileSystem(),
                freeSpace());
    }

    private Finding socketBuffer(final String name, final long wanted) {
        final String path = "proc/sys/" + name.replace('.', '/');
        final OptionalLong bytes = files.number(path);
        if (bytes.isEmpty()) {
            return Finding.unknown(name, "/" + path);
        }
        return bytes.getAsLong() >= wanted
                ? Finding.ok(name, bytes.getAsLong() + " B")
                : Finding.warn(
                        name,
                        bytes.getAsLong() + " B",
                        "a driver takes up to "
                                + wanted
                                + " B for a socket and the kernel grants no more than this: bursts"
                                + " wait, or are dropped and take milliseconds to send again",
                        "sudo sysctl -w " + name + "=" + wanted);
    }

    /** Datagrams that came while a socket's buffer was full, of all processes since the start. */
    private Finding udpErrors() {
        final String name = "UDP receive buffer errors";
        final List<String[]> lines =
                files.lines(UDP_FILE).stream()
                        .filter(line -> line.startsWith(UDP_LINE))
                        .map(line -> line.split(" "))
                        .toList();
        final int field =
                lines.size() == 2 ? Arrays.asList(lines.get(0)).indexOf("RcvbufErrors") : -1;
        final OptionalLong errors =
                field < 0 || field >= lines.get(1).length
                        ? OptionalLong.empty()
                        : HostFiles.parseLong(lines.get(1)[field]);
        if (errors.isEmpty()) {
            return Finding.unknown(name, "/" + UDP_FILE);
        }
        return errors.getAsLong() == 0
                ? Finding.ok(name, "none")
                : Finding.warn(
                        name,
                        errors.getAsLong() + " since the host started",
                        "datagrams were lost because a process did not take them in time",
                        "raise net.core.rmem_max, and give the media driver a core of its own (stoat node"
                                + " --threads)");
    }

    private Finding addressSpace() {
        final String name = "limit of address space";
        final Optional<String> limit = ProcessLimits.soft(files, "Max address space");
        if (limit.isEmpty()) {
            return Finding.unknown(name, ProcessLimits.SOURCE);
        }
        return limit.get().equals(ProcessLimits.UNLIMITED)
                ? Finding.ok(name, limit.get())
                : Finding.warn(
                        name,
                        limit.get() + " B",
                        "a store whose shards are larger together cannot be mapped",
                        "ulimit -v unlimited, or LimitAS=infinity in the systemd unit");
    }

    private Finding openFiles() {
        final String name = "limit of open files";
        final Optional<String> limit = ProcessLimits.soft(files, "Max open files");
        if (limit.isEmpty()) {
            return Finding.unknown(name, ProcessLimits.SOURCE);
        }
        return HostFiles.parseLong(limit.get()).orElse(Long.MAX_VALUE) >= OPEN_FILES
                ? Finding.ok(name, limit.get())
                : Finding.warn(
                        name,
                        limit.get(),
                        "many shards, clients and recordings do not fit: opening one more fails",
                        "ulimit -n 65536, or LimitNOFILE=65536 in the systemd unit");
    }

    private Finding fileSystem() {
        final String name = "data directory";
        final Optional<MountTable.Mount> mount = new MountTable(files).holding(dataDir);
        if (mount.isEmpty()) {
            return Finding.unknown(name, MountTable.SOURCE);
        }
        final String type = mount.get().type();
        final String observed = dataDir + " on " + type;
        if (MEMORY_TYPES.contains(type)) {
            return Finding.ok(name, observed + ": in memory, gone after a restart of the host");
        }
        if (DISK_TYPES.contains(type)) {
            return Finding.ok(name, observed);
        }
        if (UNFIT_TYPES.contains(type) || type.startsWith("fuse")) {
            return Finding.fail(
                    name,
                    observed,
                    "mapped files and locks are not coherent between processes there",
                    "set data-dir to a directory on a local ext4 or xfs disk, or below /dev/shm");
        }
        return Finding.warn(
                name,
                observed,
                "not known to keep allocated space for mapped files; writes may copy blocks",
                "set data-dir to a directory on a local ext4 or xfs disk, or below /dev/shm");
    }

    private Finding freeSpace() {
        final String name = "data directory space";
        final DiskSpace.Space space;
        try {
            space = diskSpace.of(dataDir);
        } catch (final IOException ex) {
            return Finding.unknown(name, "statvfs: " + ex.getMessage());
        }
        if (space.freeBytes() >= DISK_WARN_BYTES) {
            return Finding.ok(name, space.toString());
        }
        return new Finding(
                name,
                space.freeBytes() < DISK_FAIL_BYTES ? Level.FAIL : Level.WARN,
                space.toString(),
                "a store allocates its space at start, and does not start without",
                "free space on the file system of " + dataDir + ", or set data-dir elsewhere");
    }
}
