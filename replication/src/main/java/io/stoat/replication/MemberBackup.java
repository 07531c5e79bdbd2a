package io.stoat.replication;

import io.aeron.Aeron;
import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.client.AeronArchive;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.IoUtil;
import org.agrona.concurrent.BackoffIdleStrategy;

/** Copies a cluster's last snapshot, and its log since then, to a directory, from outside. */
public final class MemberBackup {
    private MemberBackup() {}

    /**
     * Fetches a backup from the leader, wherever it runs. What is then in the directory is what a
     * member has: {@code cluster} and {@code log}; the shards follow from them. A directory that
     * was made here and could not be filled is removed.
     *
     * @param config of the cluster.
     * @param group to back up.
     * @param directory new; made here.
     * @return log position that the backup reaches.
     * @throws ReplicationException when no leader answers, or its newest snapshot is damaged.
     */
    public static long fetch(final ClusterConfig config, final int group, final Path directory) {
        final String host = OwnAddress.towards(config);
        final Path aeronDir = io.stoat.transport.AeronDirectories.forDataDir(directory);
        try {
            return MemberSeed.untilWhole(
                    () -> fetchOnce(config, group, directory, aeronDir, host),
                    () -> empty(directory));
        } catch (final RuntimeException ex) {
            empty(directory);
            // fails, as it should, when somebody else has put anything there
            directory.toFile().delete();
            throw ex;
        }
    }

    private static void empty(final Path directory) {
        IoUtil.delete(directory.resolve("cluster").toFile(), true);
        IoUtil.delete(directory.resolve("log").toFile(), true);
    }

    private static MemberSeed.Fetched fetchOnce(
            final ClusterConfig config,
            final int group,
            final Path directory,
            final Path aeronDir,
            final String host) {
        try {
            Files.createDirectories(directory);
            try (MediaDriver driver = MediaDriver.launch(driverContext(config, aeronDir));
                    Archive archive =
                            Archive.launch(archiveContext(config, directory, aeronDir, host))) {
                final File clusterDir = directory.resolve("cluster").toFile();
                final long position =
                        MemberSeed.fetch(
                                config,
                                group,
                                new MemberSeed.Target(
                                        driver.aeronDirectoryName(),
                                        clusterDir,
                                        localArchive(config, aeronDir),
                                        host,
                                        host + ":" + freePort(host),
                                        host + ":" + freePort(host),
                                        -1),
                                reached(config, group, aeronDir, host));
                return new MemberSeed.Fetched(
                        position,
                        SnapshotChoice.of(clusterDir, localArchive(config, aeronDir), true));
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot make the backup " + directory, ex);
        }
    }

    private static long reached(
            final ClusterConfig config, final int group, final Path aeronDir, final String host) {
        try (Aeron aeron =
                Aeron.connect(new Aeron.Context().aeronDirectoryName(aeronDir.toString()))) {
            final PeerLogs logs = PeerLogs.ask(config, group, host, -1, aeron);
            if (!logs.isFound()) {
                throw new ReplicationException(
                        "no member of hosts="
                                + config.hosts()
                                + " answers this host, "
                                + host
                                + ": are they running, and may their UDP reach it?");
            }
            return logs.end();
        }
    }

    private static MediaDriver.Context driverContext(
            final ClusterConfig config, final Path aeronDir) {
        return new MediaDriver.Context()
                .aeronDirectoryName(aeronDir.toString())
                .threadingMode(ThreadingMode.SHARED)
                .sharedIdleStrategy(new BackoffIdleStrategy())
                .mtuLength(config.mtu())
                .ipcMtuLength(config.mtu())
                .publicationTermBufferLength(config.termLength())
                .ipcTermBufferLength(config.termLength())
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .warnIfDirectoryExists(false)
                .errorHandler(error -> {});
    }

    private static Archive.Context archiveContext(
            final ClusterConfig config,
            final Path directory,
            final Path aeronDir,
            final String host)
            throws IOException {
        return new Archive.Context()
                .aeronDirectoryName(aeronDir.toString())
                .archiveDir(directory.resolve("log").toFile())
                .controlChannel("aeron:udp?term-length=64k|endpoint=" + host + ":" + freePort(host))
                .localControlChannel("aeron:ipc?term-length=64k")
                .localControlStreamId(MemberContext.ARCHIVE_STREAM_ID)
                .replicationChannel("aeron:udp?endpoint=" + host + ":0")
                .recordingEventsEnabled(false)
                .threadingMode(ArchiveThreadingMode.SHARED)
                .authenticatorSupplier(config.token().authenticatorSupplier())
                .archiveClientContext(
                        new AeronArchive.Context()
                                .credentialsSupplier(config.token().credentialsSupplier()))
                .segmentFileLength(new MemberContext().config(config).segmentLength())
                .errorHandler(error -> {});
    }

    private static AeronArchive.Context localArchive(
            final ClusterConfig config, final Path aeronDir) {
        return new AeronArchive.Context()
                .aeronDirectoryName(aeronDir.toString())
                .controlRequestChannel("aeron:ipc?term-length=64k")
                .controlResponseChannel("aeron:ipc?term-length=64k")
                .controlRequestStreamId(MemberContext.ARCHIVE_STREAM_ID)
                .controlResponseStreamId(MemberContext.ARCHIVE_STREAM_ID + 1)
                .credentialsSupplier(config.token().credentialsSupplier())
                .errorHandler(error -> {});
    }

    private static int freePort(final String host) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName(host))) {
            return socket.getLocalPort();
        }
    }
}
