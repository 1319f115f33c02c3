package io.espalier.core.data;

import java.util.Map;

/** How what an encoder computes for the tokens of a text becomes one vector. */
public enum TextPooling {
  /** The mean over the tokens that are text. */
  MEAN,
  /** That of the first token. */
  CLS,
  /** The encoder gives one itself. */
  NONE;

  private static final int TOKENS_AND_FEATURES = 3;

  /**
   * The vectors of a batch, from the first output of floating-point numbers that holds one for each
   * token; without pooling, one for each text.
   *
   * @param batch what the encoder read
   * @param outputs what it computed
   * @return [samples, features], each of length 1
   * @throws DataException if there is no such output, or a vector is zero or holds no numbers
   */
  public DataArray embed(Batch batch, Map<String, DataArray> outputs) {
    DataArray output = output(batch.size(), outputs);
    int features = Math.toIntExact(output.shape()[output.shape().length - 1]);
    int tokens = output.size() / (batch.size() * features);
    boolean[] read = this == MEAN ? TokenMask.of(batch).real(output) : new boolean[0];
    float[] vectors = new float[batch.size() * features];
    for (int sample = 0; sample < batch.size(); sample++) {
      double[] sum = new double[features];
      for (int token = 0; token < (this == MEAN ? tokens : 1); token++) {
        int place = sample * tokens + token;
        for (int i = 0; i < features && (this != MEAN || read[place]); i++) {
          sum[i] += output.number(place * features + i);
        }
      }
      normalise(sum, vectors, sample * features);
    }
    return DataArray.ofFloats(ElementType.FLOAT32, vectors, batch.size(), features);
  }

  private DataArray output(int samples, Map<String, DataArray> outputs) {
    int rank = this == NONE ? TOKENS_AND_FEATURES - 1 : TOKENS_AND_FEATURES;
    for (DataArray array : outputs.values()) {
      long[] shape = array.shape();
      if (array.isFloating() && shape.length == rank && shape[0] == samples && array.size() > 0) {
        return array;
      }
    }
    throw new DataException(
        "the model has no output of "
            + (this == NONE ? "[samples, features]" : "[samples, tokens, features]")
            + " to read vectors of texts from, only "
            + outputs
            + "; give another --pooling");
  }

  private static void normalise(double[] vector, float[] to, int from) {
    double squares = 0;
    for (double element : vector) {
      squares += element * element;
    }
    if (!(squares > 0) || !Double.isFinite(squares)) {
      throw new DataException(
          "the vector of a text is "
              + (squares == 0 ? "zero" : "made of numbers that are none")
              + "; check that the data are what the model was made for");
    }
    for (int i = 0; i < vector.length; i++) {
      to[from + i] = (float) (vector[i] / Math.sqrt(squares));
    }
  }
}
