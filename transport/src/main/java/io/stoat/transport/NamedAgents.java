package io.stoat.transport;

import java.util.List;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.CompositeAgent;

/** The agents of one thread, named for all of them. */
final class NamedAgents extends CompositeAgent {
    private final String name;

    NamedAgents(final String name, final List<Agent> agents) {
        super(agents);
        this.name = name;
    }

    @Override
    public String roleName() {
        return name;
    }
}
