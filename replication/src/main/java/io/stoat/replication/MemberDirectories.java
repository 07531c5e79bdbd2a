package io.stoat.replication;

import io.aeron.archive.ArchiveMarkFile;
import io.aeron.cluster.service.ClusterMarkFile;
import io.stoat.transport.AeronDirectories;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;
import org.agrona.concurrent.SystemEpochClock;

/**
 * A member's directories, owned by one process at a time: {@code log} (Aeron Archive), {@code
 * cluster} (what Aeron Cluster notes), and the media driver's directory in shared memory. The
 * operating system's lock on {@code member.lock} ends with the process; whoever has it knows that
 * the marks of an owner before are stale.
 */
final class MemberDirectories implements AutoCloseable {
    private static final String LOCK_FILE = "member.lock";
    private static final String LOG_ID_FILE = "log-id";
    static final String BOOT_ID_FILE = "boot-id";
    private static final String CLUSTER_DIR = "cluster";
    private static final String ARCHIVE_DIR = "log";
    private static final String ASIDE_DIR = "log-aside";
    private static final String REPLACED_DIR = "log-replaced";

    private final Path memberDir;
    private final FileChannel channel;
    private final FileLock lock;

    private MemberDirectories(
            final Path memberDir, final FileChannel channel, final FileLock lock) {
        this.memberDir = memberDir;
        this.channel = channel;
        this.lock = lock;
    }

    static MemberDirectories own(final ClusterConfig config, final int group, final int member) {
        final Path dir = config.memberDir(group, member);
        FileChannel channel = null;
        try {
            Files.createDirectories(dir);
            channel =
                    FileChannel.open(
                            dir.resolve(LOCK_FILE),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            final FileLock lock = channel.tryLock();
            if (lock == null) {
                throw new OverlappingFileLockException();
            }
            final MemberDirectories directories = new MemberDirectories(dir, channel, lock);
            directories.takeBackLog();
            directories.forgetDeadOwner();
            return directories;
        } catch (final OverlappingFileLockException ex) {
            CloseHelper.quietClose(channel);
            throw new ReplicationException(
                    "member "
                            + member
                            + " runs already: another process holds "
                            + dir.resolve(LOCK_FILE)
                            + "; stop it first");
        } catch (final IOException ex) {
            CloseHelper.quietClose(channel);
            throw new ReplicationException(
                    "member directory "
                            + dir
                            + " cannot be used: "
                            + ex
                            + "; check path and rights",
                    ex);
        }
    }

    /** Aeron refuses a directory whose mark is younger than ten seconds; its owner is dead. */
    private void forgetDeadOwner() {
        final File clusterDir = clusterDir().toFile();
        final File[] marks =
                clusterDir.listFiles(
                        (dir, name) -> name.startsWith("cluster-mark") && name.endsWith(".dat"));
        for (final File mark : marks == null ? new File[0] : marks) {
            try (ClusterMarkFile markFile =
                    new ClusterMarkFile(
                            clusterDir,
                            mark.getName(),
                            SystemEpochClock.INSTANCE,
                            0,
                            message -> {})) {
                markFile.signalTerminated();
            } catch (final RuntimeException neverReady) {
                // cut off while it was made, or marked as failed: Aeron makes it anew
                IoUtil.deleteIfExists(mark);
            }
        }
        final File archiveDir = archiveDir().toFile();
        if (new File(archiveDir, ArchiveMarkFile.FILENAME).exists()) {
            try (ArchiveMarkFile markFile =
                    new ArchiveMarkFile(
                            archiveDir,
                            ArchiveMarkFile.FILENAME,
                            SystemEpochClock.INSTANCE,
                            0,
                            message -> {})) {
                markFile.signalTerminated();
            } catch (final RuntimeException neverReady) {
                IoUtil.deleteIfExists(new File(archiveDir, ArchiveMarkFile.FILENAME));
            }
        }
    }

    Path memberDir() {
        return memberDir;
    }

    Path clusterDir() {
        return memberDir.resolve(CLUSTER_DIR);
    }

    Path archiveDir() {
        return memberDir.resolve(ARCHIVE_DIR);
    }

    Path aeronDir() {
        return AeronDirectories.forDataDir(memberDir);
    }

    /** Whether there is no log yet, or no longer. */
    boolean hasNoLog() {
        return !Files.exists(clusterDir().resolve("recording.log"));
    }

    /** Whether the machine was booted since the log was in use; false when that is not known. */
    boolean isBootedSince() throws IOException {
        return BootId.isAnother(memberDir.resolve(BOOT_ID_FILE));
    }

    /** The log is in use in this boot of the machine. */
    void noteBoot() throws IOException {
        BootId.note(memberDir.resolve(BOOT_ID_FILE));
    }

    /** Removes log and notes, before they are fetched from another member. */
    void forgetLog() {
        IoUtil.delete(clusterDir().toFile(), true);
        IoUtil.delete(archiveDir().toFile(), true);
    }

    /**
     * Puts log and notes aside, before they are fetched from another member: until {@link
     * #logIsReplaced()} they are still the member's, see {@link #takeBackLog()}.
     *
     * @return where they are.
     */
    Path putLogAside() throws IOException {
        final Path aside = memberDir.resolve(ASIDE_DIR);
        Files.createDirectories(aside);
        Files.move(archiveDir(), aside.resolve(ARCHIVE_DIR));
        Files.move(clusterDir(), aside.resolve(CLUSTER_DIR));
        return aside;
    }

    /** Log and notes have been fetched; what was put aside stays until the member lives. */
    void logIsReplaced() throws IOException {
        forgetReplacedLog();
        Files.move(
                memberDir.resolve(ASIDE_DIR),
                memberDir.resolve(REPLACED_DIR),
                StandardCopyOption.ATOMIC_MOVE);
    }

    /** Takes back what was put aside and never replaced; nothing, when there is none. */
    void takeBackLog() throws IOException {
        final Path aside = memberDir.resolve(ASIDE_DIR);
        for (final String name : new String[] {ARCHIVE_DIR, CLUSTER_DIR}) {
            if (Files.exists(aside.resolve(name))) {
                final Path place = memberDir.resolve(name);
                IoUtil.delete(place.toFile(), true);
                Files.move(aside.resolve(name), place);
            }
        }
        Files.deleteIfExists(aside);
    }

    /** Removes the log that another one has replaced, if there is one. */
    void forgetReplacedLog() {
        IoUtil.delete(memberDir.resolve(REPLACED_DIR).toFile(), true);
    }

    /** Identity of the log directory: another one after it was wiped or fetched anew. */
    String logId() throws IOException {
        final Path file = clusterDir().resolve(LOG_ID_FILE);
        if (!Files.exists(file)) {
            Files.createDirectories(clusterDir());
            Files.writeString(file, UUID.randomUUID().toString());
        }
        return Files.readString(file).trim();
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(lock, channel);
    }
}
