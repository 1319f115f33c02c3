package io.espalier.onnx.quantize;

/**
 * The 256 fours of numbers that stand for all fours of a group, and which of them is nearest to
 * one: Lloyd's k-means, from fours at even distances. Not safe for use by several threads.
 */
final class CodeBook {
  static final int WIDTH = 4;
  static final int CODES = 256;

  private final float[] numbers;
  private final int rows;
  private final float[][] centres = new float[WIDTH][CODES];
  private final float[] halfSquares = new float[CODES];
  private final float[] distances = new float[CODES];

  CodeBook(float[] numbers, int rows) {
    this.numbers = numbers;
    this.rows = rows;
    for (int code = 0; code < CODES; code++) {
      int row = evenly(code, CODES);
      for (int i = 0; i < WIDTH; i++) {
        centres[i][code] = numbers[row * WIDTH + i];
      }
    }
    square();
  }

  private int evenly(int index, int count) {
    return (int) ((long) index * rows / count);
  }

  private void square() {
    for (int code = 0; code < CODES; code++) {
      float sum = 0;
      for (float[] centre : centres) {
        sum += centre[code] * centre[code];
      }
      halfSquares[code] = sum / 2;
    }
  }

  /** Moves each centre to the mean of those that it is nearest to. */
  void learn(int count) {
    double[][] sums = new double[WIDTH][CODES];
    int[] counts = new int[CODES];
    for (int index = 0; index < count; index++) {
      int row = evenly(index, count);
      int code = nearest(row);
      counts[code]++;
      for (int i = 0; i < WIDTH; i++) {
        sums[i][code] += numbers[row * WIDTH + i];
      }
    }
    for (int code = 0; code < CODES; code++) {
      for (int i = 0; i < WIDTH && counts[code] > 0; i++) {
        centres[i][code] = (float) (sums[i][code] / counts[code]);
      }
    }
    square();
  }

  /** The nearest centre, the first of several. */
  int nearest(int row) {
    float a = numbers[row * WIDTH];
    float b = numbers[row * WIDTH + 1];
    float c = numbers[row * WIDTH + 2];
    float d = numbers[row * WIDTH + 3];
    float[] first = centres[0];
    float[] second = centres[1];
    float[] third = centres[2];
    float[] fourth = centres[3];
    for (int code = 0; code < CODES; code++) {
      distances[code] =
          halfSquares[code]
              - a * first[code]
              - b * second[code]
              - c * third[code]
              - d * fourth[code];
    }
    int nearest = 0;
    for (int code = 1; code < CODES; code++) {
      nearest = distances[code] < distances[nearest] ? code : nearest;
    }
    return nearest;
  }

  void copyTo(float[] books, int at) {
    for (int code = 0; code < CODES; code++) {
      for (int i = 0; i < WIDTH; i++) {
        books[at + code * WIDTH + i] = centres[i][code];
      }
    }
  }
}
