package io.espalier.djl.trace.tape;

import io.espalier.djl.trace.blocks.BlockCall;
import io.espalier.djl.trace.values.Settings;
import io.espalier.djl.trace.values.Value;
import io.espalier.spi.OpId;
import java.util.List;
import java.util.Optional;

/**
 * An operator that a run recorded.
 *
 * @param op the operator
 * @param settings its attributes
 * @param inputs what it reads; empty for an input that is left out
 * @param outputs what it computes
 * @param call the call of a block that it belongs to
 */
public record Step(
    OpId op, Settings settings, List<Optional<Value>> inputs, List<Value> outputs, BlockCall call) {
  public Step {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
