package io.espalier.djl.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps of Adam (Kingma and Ba, 2015, algorithm 1) whose moments belong to a manager, and go with
 * it; those of DJL's own optimizer belong to nobody.
 */
final class AdamSteps {
  // a double would make a number without axes one of double precision
  private static final float FIRST = 0.9f;
  private static final float SECOND = 0.999f;
  private static final float LEAST = 1e-8f;

  private final List<NDArray> weights;
  private final List<NDArray> means = new ArrayList<>();
  private final List<NDArray> squares = new ArrayList<>();
  private int steps;

  /**
   * @param weights what is changed; each asks for gradients
   * @param manager holds the moments
   */
  AdamSteps(List<NDArray> weights, NDManager manager) {
    this.weights = weights;
    for (NDArray weight : weights) {
      means.add(manager.zeros(weight.getShape(), weight.getDataType()));
      squares.add(manager.zeros(weight.getShape(), weight.getDataType()));
    }
  }

  /** Forgets the gradients of passes that were none of this training's. */
  void clear() {
    weights.forEach(weight -> weight.getGradient().muli(0));
  }

  /** Changes the weights by the gradients they have, which are zero then. */
  void step(double rate) {
    steps++;
    double corrected = rate * Math.sqrt(1 - Math.pow(SECOND, steps)) / (1 - Math.pow(FIRST, steps));
    for (int i = 0; i < weights.size(); i++) {
      NDArray gradient = weights.get(i).getGradient();
      NDArray mean = means.get(i).muli(FIRST).addi(gradient.mul(1 - FIRST));
      NDArray square = squares.get(i).muli(SECOND).addi(gradient.square().mul(1 - SECOND));
      weights.get(i).subi(mean.div(square.sqrt().add(LEAST)).mul((float) corrected));
      gradient.muli(0);
    }
  }
}
