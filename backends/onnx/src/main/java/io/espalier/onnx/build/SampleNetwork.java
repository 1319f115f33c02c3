package io.espalier.onnx.build;

import io.espalier.onnx.file.OnnxModel;
import java.util.Map;

/**
 * A sample network that is ready to run.
 *
 * @param name what to call it, in one word or two
 * @param model the network; token ids stay below 100
 * @param trialShapes a shape for each input, with a batch of 2
 */
public record SampleNetwork(String name, OnnxModel model, Map<String, long[]> trialShapes) {

  public SampleNetwork {
    trialShapes = Map.copyOf(trialShapes);
  }

  @Override
  public String toString() {
    return name;
  }
}
