package io.espalier.djl.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An engine that computes wrongly is told of, with what helps. */
class EngineCheckTest {
  @Test
  void theEngineOfTheTestsConvolvesRightly() {
    try (NDManager manager = NDManager.newBaseManager()) {
      assertEquals(Optional.empty(), EngineCheck.complaint(EngineCheck.error(manager)));
    }
  }

  @Test
  void aWrongResultIsComplainedOf() {
    String complaint = EngineCheck.complaint(0.2).orElseThrow();
    assertTrue(complaint.contains("relative error of 0.2"), complaint);
    assertTrue(complaint.contains("ONEDNN_MAX_CPU_ISA=SSE41"), complaint);
  }

  @Test
  void soIsWhatIsNotANumber() {
    assertTrue(EngineCheck.complaint(Double.NaN).isPresent());
  }
}
