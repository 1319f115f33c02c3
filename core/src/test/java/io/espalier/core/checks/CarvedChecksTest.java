package io.espalier.core.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.checks.CarvedChecks.Carved;
import io.espalier.core.checks.RepairChecks.Repaired;
import io.espalier.core.values.Cut;
import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.Compensated;
import io.espalier.trace.Graph;
import io.espalier.trace.Solver;
import java.util.List;
import org.junit.jupiter.api.Test;

class CarvedChecksTest {
  private static final String HASH = "0f".repeat(32);
  private static final Cut CUT = Convolutions.cut(Convolutions.of(6).map(), 4);

  private static Carved carved(Graph graph) {
    return new Carved(CUT, new Solver(Convolutions.REGISTRY).solve(graph, CUT.map().trials()));
  }

  private static Repaired repaired(Compensated... changed) {
    Manifest manifest = CUT.manifest().withCompensated(List.of(changed));
    return Repaired.of(Convolutions.of(4).graph(), manifest);
  }

  @Test
  void everyCheckFindsWhatBreaksIt() {
    new Broken<Carved>()
        .by("a carved network is fed and read as before", carved(Convolutions.of(4).graph("other")))
        .by("a node computes the shape that is meant", carved(Convolutions.of(5).graph()))
        .by("a node reads the shapes that are meant", carved(new Convolutions(4, 6, false).graph()))
        .areCaught(CarvedChecks.ALL, carved(Convolutions.of(4).graph()));
  }

  @Test
  void theProofOfACarvedNetworkRunsThem() {
    Proof proof = new Proof(CUT, Convolutions.REGISTRY);
    proof.prove(Convolutions.of(4).graph());
    CheckException wrong =
        assertThrows(CheckException.class, () -> proof.prove(Convolutions.of(5).graph()));
    assertEquals("a node computes the shape that is meant", wrong.check());
    String message = String.valueOf(wrong.getMessage());
    assertTrue(
        message.startsWith("in the carved network, node conv1 computes tensor \"a\" with shape ["),
        message);
    assertTrue(
        message.endsWith("to the author of class io.espalier.modules.operators.ConvRule"), message);
  }

  @Test
  void everyCheckOfChangedValuesFindsWhatBreaksIt() {
    new Broken<Repaired>()
        .by(
            "what was changed is a parameter",
            repaired(new Compensated("nothing", "a", 1, HASH)),
            repaired(new Compensated("b", "c", 0, HASH)))
        .by(
            "what was changed meets data where it is said to",
            repaired(new Compensated("w1", "nothing", 1, HASH)),
            repaired(new Compensated("w1", "w1", 1, HASH)),
            repaired(new Compensated("w1", "a", 0, HASH)),
            repaired(new Compensated("w1", "a", 3, HASH)))
        .by(
            "what was changed is listed once, with a hash",
            repaired(new Compensated("w1", "a", 1, "")),
            repaired(new Compensated("w1", "a", 1, HASH), new Compensated("w1", "a", 1, HASH)))
        .areCaught(
            RepairChecks.ALL,
            repaired(new Compensated("w1", "a", 1, HASH), new Compensated("w2", "y", 1, HASH)));
  }
}
