package io.stoat.replication;

import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.client.ClusterException;
import io.aeron.cluster.codecs.CloseReason;
import io.aeron.cluster.service.ClientSession;
import io.aeron.cluster.service.Cluster;
import io.aeron.cluster.service.ClusteredService;
import io.aeron.logbuffer.Header;
import io.stoat.replication.codec.ApplyCommandsDecoder;
import io.stoat.replication.codec.ChecksumReportDecoder;
import io.stoat.replication.codec.ChecksumRequestDecoder;
import io.stoat.replication.codec.ForgetClientDecoder;
import io.stoat.replication.codec.MessageHeaderDecoder;
import io.stoat.replication.codec.ReadKeyDecoder;
import io.stoat.replication.codec.SnapshotReportDecoder;
import io.stoat.store.StoreWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The state machine that Aeron Cluster replicates: owns a member's shards and applies the log's
 * commands to them. Everything that it changes is a function of the log: versions are log
 * positions, time is the log's time, and expired entries are swept on a timer of the log.
 *
 * <p>The position of the n-th command of a message is that of the message's end, minus what of the
 * message follows from that command on: unique, and growing in the order of application.
 *
 * <p>Belongs to the thread of the service container. Applying a command and answering it allocates
 * nothing.
 */
final class ReplicatedStoreService implements ClusteredService {
    static final int RESULT_LENGTH = 24;
    private static final long TICK_TIMER = 1;
    private static final long SWEEP_ROUND_MS = 60_000;

    private final MemberContext context;
    private final ClusterConfig config;
    private final SettingsGate settingsGate;
    private final MemberStore store;
    private final StoreWriter writer;
    private final OwnMemberStatus status;
    private final ResumePoint resumePoint;
    private final Consumer<String> onDamage;
    private final MemberSnapshots snapshots;
    private final ClientTable clients = new ClientTable();
    private final SnapshotReports reports;
    private final CommandApplication application;
    private final LogQuestions questions;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final ApplyCommandsDecoder applyCommands = new ApplyCommandsDecoder();
    private final ForgetClientDecoder forgetClient = new ForgetClientDecoder();
    private final SnapshotReportDecoder snapshotReport = new SnapshotReportDecoder();
    private final MutableDirectBuffer answer = new ExpandableArrayBuffer(1024);
    private Cluster cluster;
    private long skipUntil;
    private long sweepTurn;
    private long leadershipTerm;
    private boolean failed;

    ReplicatedStoreService(
            final MemberContext context,
            final MemberStore store,
            final OwnMemberStatus status,
            final SnapshotProgress progress,
            final Supplier<AeronArchive.Context> archiveContext,
            final ResumePoint resumePoint,
            final Consumer<String> onDamage) {
        this.context = context;
        config = context.config();
        settingsGate = new SettingsGate(context);
        this.store = store;
        this.status = status;
        this.onDamage = onDamage;
        this.resumePoint = resumePoint;
        writer = store.writer(context.group());
        snapshots =
                new MemberSnapshots(context, writer, status, progress, archiveContext, onDamage);
        reports = new SnapshotReports(config.members(), config.quorum());
        application = new CommandApplication(writer, clients);
        questions = new LogQuestions(config, writer, status);
    }

    @Override
    public void onStart(final Cluster cluster, final Image snapshotImage) {
        this.cluster = cluster;
        final long start = cluster.logPosition();
        failed = true;
        if (resumePoint != null
                && store.isAt(context.group(), resumePoint.position())
                && resumePoint.covers(
                        start,
                        cluster.context().clusterDir(),
                        cluster.context().archiveContext().clone())) {
            resumePoint.restore(clients, reports);
            sweepTurn = resumePoint.sweepTurn();
            skipUntil = resumePoint.position();
            status.store(store.id());
            store.check(onDamage);
        } else {
            writer.clear();
            if (snapshotImage != null) {
                final SnapshotLoader loader = new SnapshotLoader(writer, clients, reports);
                loader.load(snapshotImage, cluster.idleStrategy());
                sweepTurn = loader.sweepTurn();
                status.snapshot(start, 0);
            }
            status.replayedFrom(start);
        }
        failed = false;
        publishReports();
        status.applied(Math.max(start, skipUntil), cluster.time());
    }

    @Override
    public void onSessionOpen(final ClientSession session, final long timestamp) {
        applied(timestamp);
    }

    @Override
    public void onSessionClose(
            final ClientSession session, final long timestamp, final CloseReason closeReason) {
        if (cluster.logPosition() > skipUntil) {
            clients.sessionClosed(session.id());
        }
        applied(timestamp);
    }

    @Override
    public void onSessionMessage(
            final ClientSession session,
            final long timestamp,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final Header logHeader) {
        if (cluster.logPosition() <= skipUntil || length < MessageHeaderDecoder.ENCODED_LENGTH) {
            return;
        }
        header.wrap(buffer, offset);
        if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID) {
            return;
        }
        final int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        if (length < MessageHeaderDecoder.ENCODED_LENGTH + header.blockLength()) {
            return;
        }
        switch (header.templateId()) {
            case ApplyCommandsDecoder.TEMPLATE_ID ->
                    onApplyCommands(session, timestamp, buffer, body, offset + length);
            case ForgetClientDecoder.TEMPLATE_ID ->
                    onForgetClient(session, timestamp, buffer, body);
            case ReadKeyDecoder.TEMPLATE_ID ->
                    questions.onReadKey(cluster, session, header, buffer, body, offset + length);
            case SnapshotReportDecoder.TEMPLATE_ID -> onSnapshotReport(buffer, body);
            case ChecksumRequestDecoder.TEMPLATE_ID ->
                    questions.onChecksumRequest(cluster, session, timestamp, header, buffer, body);
            case ChecksumReportDecoder.TEMPLATE_ID ->
                    questions.onChecksumReport(header, buffer, body);
            default -> {
                // a later version's message: none that this version may not ignore exists
            }
        }
        applied(timestamp);
    }

    private void applied(final long timestamp) {
        if (cluster.logPosition() > skipUntil) {
            status.applied(cluster.logPosition(), timestamp);
            if (status.isLive()) {
                status.appliedAt(System.nanoTime());
            }
        }
    }

    private void onApplyCommands(
            final ClientSession session,
            final long timestamp,
            final DirectBuffer buffer,
            final int body,
            final int end) {
        if (header.blockLength() < ApplyCommandsDecoder.BLOCK_LENGTH) {
            return;
        }
        applyCommands.wrap(buffer, body, header.blockLength(), header.version());
        final long sequence = applyCommands.sequence();
        final long clientId = applyCommands.clientId();
        final int first = body + header.blockLength();
        failed = true;
        final ClientRecord record;
        try {
            record =
                    application.apply(
                            session == null ? 0 : session.id(),
                            clientId,
                            sequence,
                            applyCommands.count(),
                            buffer,
                            first,
                            end,
                            cluster.logPosition(),
                            timestamp);
        } catch (final RuntimeException ex) {
            store.damage("a command at position " + cluster.logPosition() + ": " + ex);
            throw ex;
        }
        failed = application.isCorrupt();
        if (record == null) {
            final int answerLength = application.encodeRefusal(answer, clientId, sequence);
            SessionAnswer.offer(session, answer, answerLength);
        } else {
            SessionAnswer.offer(session, record.answer(sequence), record.answerLength(sequence));
        }
        if (application.wasRepeated()) {
            status.countRepeated();
        } else {
            status.countCommands(application.applied());
        }
        if (failed) {
            store.damage("found by a command at position " + cluster.logPosition());
            throw new ClusterException(
                    "a shard of "
                            + store.dataDir()
                            + " is damaged, or has no room where it should: it is rebuilt");
        }
    }

    private void onForgetClient(
            final ClientSession session,
            final long timestamp,
            final DirectBuffer buffer,
            final int body) {
        forgetClient.wrap(buffer, body, header.blockLength(), header.version());
        final long position = cluster.logPosition();
        SessionAnswer.offer(
                session,
                answer,
                application.forget(answer, forgetClient.clientId(), position, timestamp));
    }

    private void onSnapshotReport(final DirectBuffer buffer, final int body) {
        snapshotReport.wrap(buffer, body, header.blockLength(), header.version());
        reports.report(snapshotReport.memberId(), snapshotReport.snapshotPosition());
        publishReports();
    }

    private void publishReports() {
        final long own = reports.position(status.member());
        status.quorumSnapshot(reports.quorumPosition(), own);
    }

    @Override
    public void onTimerEvent(final long correlationId, final long timestamp) {
        if (correlationId != TICK_TIMER) {
            return;
        }
        scheduleTick(timestamp);
        if (cluster.logPosition() > skipUntil) {
            sweep(timestamp);
            applied(timestamp);
        }
    }

    private void scheduleTick(final long timestamp) {
        while (!cluster.scheduleTimer(TICK_TIMER, timestamp + config.tickMs())) {
            cluster.idleStrategy().idle();
        }
    }

    /** Whole segments, so that what goes depends on the keys alone, not on their places. */
    private void sweep(final long timestamp) {
        final long perRound = writer.segments();
        final long ticksPerRound = Math.max(1, SWEEP_ROUND_MS / config.tickMs());
        final long perTick = (perRound + ticksPerRound - 1) / ticksPerRound;
        for (long i = 0; i < perTick; i++) {
            // a removal may shift an entry to a place that the sweep has behind it
            while (writer.sweepSegment(sweepTurn, timestamp) > 0) {
                Thread.onSpinWait();
            }
            sweepTurn++;
        }
    }

    @Override
    public void onTakeSnapshot(final ExclusivePublication snapshotPublication) {
        if (cluster.logPosition() < skipUntil) {
            // the shards are beyond that position already
            snapshots.skip(cluster.logPosition());
        } else {
            snapshots.take(
                    cluster, snapshotPublication, clients, reports, leadershipTerm, sweepTurn);
        }
    }

    @Override
    public int doBackgroundWork(final long nowNs) {
        return snapshots.poll();
    }

    /** Ends the copy of a snapshot, and begins none any more; any thread. */
    void stopSnapshots() {
        snapshots.close();
    }

    @Override
    public void onRoleChange(final Cluster.Role newRole) {
        // the duty thread shows the role: it knows of elections, too
    }

    @Override
    public void onNewLeadershipTermEvent(
            final long leadershipTermId,
            final long logPosition,
            final long timestamp,
            final long termBaseLogPosition,
            final int leaderMemberId,
            final int logSessionId,
            final TimeUnit timeUnit,
            final int appVersion) {
        settingsGate.pass(leaderMemberId, appVersion);
        leadershipTerm = leadershipTermId;
        status.leader(leaderMemberId, leadershipTermId);
        if (logPosition > skipUntil) {
            writer.appliedTo(logPosition, leadershipTermId);
        }
        scheduleTick(timestamp);
        applied(timestamp);
    }

    @Override
    public void onTerminate(final Cluster cluster) {
        // resumePoint() does what is to be done, once the container is closed
    }

    /**
     * What a clean stop leaves for the next start; null when the state can't be trusted. To be
     * called after the container is closed, and before the store is.
     */
    ResumePoint resumePoint() {
        if (failed) {
            return null;
        }
        if (cluster == null) {
            return resumePoint;
        }
        final long position = Math.max(skipUntil, cluster.logPosition());
        writer.appliedTo(position, leadershipTerm);
        return ResumePoint.of(position, leadershipTerm, sweepTurn, clients, reports);
    }
}
