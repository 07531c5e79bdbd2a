package io.stoat.replication;

import java.util.Random;

/**
 * How long a member waits before it stands for election, as a part of the longest wait that Aeron
 * Cluster draws at random: the group's preferred leader first, the others in turn after it. So
 * leaders of several groups are spread over the members, and candidates seldom meet.
 */
final class NominationOrder extends Random {
    private static final long serialVersionUID = 1L;

    private final double first;
    private final double width;

    NominationOrder(final ClusterConfig config, final int group, final int member) {
        final int members = config.members();
        final int turn = Math.floorMod(member - config.preferredLeader(group), members);
        first = (double) turn / members;
        // the rest of the turn is for what was decided to get around
        width = 0.25 / members;
    }

    @Override
    public double nextDouble() {
        return first + width * super.nextDouble();
    }
}
