package io.stoat.replication;

import io.aeron.Aeron;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ConsensusModule;
import io.aeron.exceptions.AeronException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;

/** What the other members' archives say about their logs, and with which settings they run. */
final class PeerLogs {
    private static final long PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(1_000);
    private static final int MAX_RECORDINGS = 10_000;

    private long start = Long.MAX_VALUE;
    private long end;
    private boolean found;
    private final Map<Integer, ContentSettings> settings = new TreeMap<>();

    private PeerLogs() {}

    /** Asks all members but one, by that one's media driver, which has to run. */
    static PeerLogs ask(final MemberContext context) {
        final String aeronDir =
                MemberKeeper.aeronDirectory(context.config(), context.group(), context.member())
                        .toString();
        try (Aeron aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .aeronDirectoryName(aeronDir)
                                .errorHandler(context.errorHandler()))) {
            return ask(
                    context.config(),
                    context.group(),
                    context.config().host(context.member()),
                    context.member(),
                    aeron);
        }
    }

    /**
     * Asks all members at once; those that do not answer soon are left out.
     *
     * @param host at which they reach the one who asks.
     * @param except member that is not asked, or -1.
     */
    static PeerLogs ask(
            final ClusterConfig config,
            final int group,
            final String host,
            final int except,
            final Aeron aeron) {
        final PeerLogs logs = new PeerLogs();
        final AeronArchive.AsyncConnect[] connects =
                new AeronArchive.AsyncConnect[config.members()];
        final long deadlineNs = System.nanoTime() + PATIENCE_NS;
        for (int peer = 0; peer < connects.length; peer++) {
            if (peer != except) {
                connects[peer] =
                        AeronArchive.asyncConnect(
                                peerContext(config, group, host, peer)
                                        .aeron(aeron)
                                        .ownsAeronClient(false));
            }
        }
        try {
            int open = except < 0 ? config.members() : config.members() - 1;
            while (open > 0 && System.nanoTime() - deadlineNs < 0) {
                for (int peer = 0; peer < connects.length; peer++) {
                    if (connects[peer] != null && logs.step(peer, connects[peer])) {
                        CloseHelper.quietClose(connects[peer]);
                        connects[peer] = null;
                        open--;
                    }
                }
                LockSupport.parkNanos(500_000);
            }
        } finally {
            CloseHelper.quietCloseAll(connects);
        }
        return logs;
    }

    static AeronArchive.Context peerContext(
            final ClusterConfig config, final int group, final String host, final int peer) {
        return new AeronArchive.Context()
                .controlRequestChannel(
                        "aeron:udp?term-length=64k|endpoint=" + config.archiveEndpoint(group, peer))
                .controlRequestStreamId(MemberContext.ARCHIVE_STREAM_ID)
                .controlResponseChannel("aeron:udp?term-length=64k|endpoint=" + host + ":0")
                .credentialsSupplier(config.token().credentialsSupplier())
                .messageTimeoutNs(TimeUnit.SECONDS.toNanos(5))
                .errorHandler(error -> {});
    }

    private boolean step(final int peer, final AeronArchive.AsyncConnect connect) {
        try {
            final AeronArchive archive = connect.poll();
            if (archive == null) {
                return false;
            }
            try (archive) {
                read(peer, archive);
            }
        } catch (final AeronException noAnswer) {
            // as if it were not there
        }
        return true;
    }

    /** Takes note of the logs of one archive. */
    private void read(final int peer, final AeronArchive archive) {
        Recording last = null;
        for (final Recording recording : Recording.list(archive, MAX_RECORDINGS)) {
            if (recording.streamId() == ConsensusModule.Configuration.LOG_STREAM_ID_DEFAULT) {
                last = recording;
            }
            final ContentSettings shown = SettingsNotice.of(recording);
            if (shown != null) {
                settings.put(peer, shown);
            }
        }
        if (last != null) {
            final long maxPosition = archive.getMaxRecordedPosition(last.id());
            if (maxPosition > 0) {
                found = true;
                start = Math.min(start, last.startPosition());
                end = Math.max(end, maxPosition);
            }
        }
    }

    /** The log of one archive, this member's own. */
    static PeerLogs of(final AeronArchive archive) {
        final PeerLogs logs = new PeerLogs();
        logs.read(-1, archive);
        return logs;
    }

    /** Of the members that run and show theirs, by their numbers. */
    Map<Integer, ContentSettings> settings() {
        return settings;
    }

    /** Whether anyone has a log. */
    boolean isFound() {
        return found;
    }

    /** First position that anyone has. */
    long start() {
        return start;
    }

    /** Last position that anyone has. */
    long end() {
        return end;
    }
}
