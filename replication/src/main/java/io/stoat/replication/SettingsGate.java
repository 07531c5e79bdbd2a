package io.stoat.replication;

import org.agrona.concurrent.AgentTerminationException;

/**
 * Keeps a member from following a leader whose {@link ContentSettings} are others. With the
 * beginning of each leadership term the log brings the leader's fingerprint, before anything of the
 * term is applied; when it is not this member's, the leader's archive tells what it has now: terms
 * of the past say nothing by themselves, because settings may be changed while no member runs.
 * Service's thread.
 */
final class SettingsGate {
    private final MemberContext context;
    private final ContentSettings own;
    private final int fingerprint;

    SettingsGate(final MemberContext context) {
        this.context = context;
        own = context.config().content();
        fingerprint = own.fingerprint();
    }

    /**
     * At the beginning of a leadership term: ends the member when it must not follow.
     *
     * @param leader of the term.
     * @param leadersFingerprint that it has put into the log.
     */
    void pass(final int leader, final int leadersFingerprint) {
        final ReplicationException refusal = refusal(leader, leadersFingerprint);
        if (refusal != null) {
            context.errorHandler().onError(refusal);
            throw new AgentTerminationException();
        }
    }

    /**
     * Why the leader of a term must not be followed; null when it may, or is not there any more.
     */
    ReplicationException refusal(final int leader, final int leadersFingerprint) {
        if (leadersFingerprint == fingerprint
                || leadersFingerprint == ContentSettings.NO_FINGERPRINT
                || leader == context.member()) {
            return null;
        }
        final ContentSettings leaders = PeerLogs.ask(context).settings().get(leader);
        return leaders == null || !own.differsFrom(leaders)
                ? null
                : refusal(
                        context, own.difference(leaders, " in member " + leader + ", the leader"));
    }

    /** What is said when settings differ, and how it is mended. */
    static ReplicationException refusal(final MemberContext context, final String difference) {
        return new ReplicationException(
                "member "
                        + context.member()
                        + " stops before it applies what the others have: "
                        + difference
                        + ". Members' contents follow from these settings: give all members the"
                        + " same cluster configuration, and start this one again");
    }
}
