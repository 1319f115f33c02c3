package io.espalier.core.compensation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.moments.Moments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RidgeTest {
  private static final int FOLDS = 5;
  private static final int INPUTS = 4;
  private static final int OUTPUTS = 2;

  /** Moments of random rows, and of what is missing from each. */
  private static List<Moments> folds(
      int rows, BiFunction<double[], Random, double[]> missing, int groups) {
    Random random = new Random(3);
    List<Moments> folds = new ArrayList<>();
    for (int fold = 0; fold < FOLDS; fold++) {
      Moments moments = new Moments(INPUTS + 1, OUTPUTS, groups);
      for (int row = 0; row < rows; row++) {
        double[] x = new double[INPUTS + 1];
        for (int i = 0; i < INPUTS; i++) {
          x[i] = random.nextGaussian() + 0.5;
        }
        x[INPUTS] = 1;
        double[] y = missing.apply(x, random);
        for (int g = 0; g < groups; g++) {
          add(moments, g, x, y);
        }
      }
      folds.add(moments);
    }
    return folds;
  }

  private static void add(Moments moments, int group, double[] x, double[] y) {
    for (int i = 0; i <= INPUTS; i++) {
      for (int j = 0; j <= INPUTS; j++) {
        moments.gram(group)[i * (INPUTS + 1) + j] += x[i] * x[j];
      }
      for (int o = 0; o < OUTPUTS; o++) {
        moments.cross(group)[i * OUTPUTS + o] += x[i] * y[o];
      }
    }
    for (int o = 0; o < OUTPUTS; o++) {
      moments.squares(group)[o] += y[o] * y[o];
    }
  }

  private static List<List<double[]>> zero(int rows) {
    List<double[]> start = new ArrayList<>();
    for (int fold = 0; fold <= FOLDS; fold++) {
      start.add(new double[rows * OUTPUTS]);
    }
    return List.of(start);
  }

  /** Outputs x0 - 2 x3 and 3 x1, both shifted. */
  private static double[] line(double[] x, double shift) {
    return new double[] {x[0] - 2 * x[3] + shift, 3 * x[1] - shift};
  }

  @Test
  void findsWhatWasPlanted() {
    List<Moments> folds = folds(400, (x, random) -> line(x, 0.7), 1);
    Ridge.Solution solution = Ridge.solve(folds, 0, true, zero(INPUTS + 1));
    assertTrue(solution.helps());
    double[] planted = {1, 0, 0, 3, 0, 0, -2, 0, 0.7, -0.7};
    assertArrayEquals(planted, solution.change(), 2e-3);
    assertTrue(solution.after() < 1e-6 * solution.before());
  }

  /** Few strengths are tried, few folds judge, and some outputs judge for all. */
  @ParameterizedTest
  @ValueSource(ints = {210, 710})
  void findsWhatWasPlantedAmongManyColumns(int columns) {
    int outputs = 70;
    Random random = new Random(5);
    double[] planted = new double[columns * outputs];
    Arrays.setAll(planted, i -> random.nextInt(20) == 0 ? random.nextGaussian() : 0);
    List<Moments> folds = new ArrayList<>();
    for (int fold = 0; fold < FOLDS; fold++) {
      Moments moments = new Moments(columns + 1, outputs, 1);
      // moments of independent columns, but for a few that are alike
      for (int i = 0; i < columns; i++) {
        moments.gram(0)[i * (columns + 1) + i] = 100;
      }
      for (int i = 0; i + 1 < columns; i += 7) {
        moments.gram(0)[i * (columns + 1) + i + 1] = 90;
        moments.gram(0)[(i + 1) * (columns + 1) + i] = 90;
      }
      moments.gram(0)[(columns + 1) * (columns + 1) - 1] = 100;
      for (int i = 0; i < columns; i++) {
        for (int k = Math.max(0, i - 1); k < Math.min(columns, i + 2); k++) {
          for (int o = 0; o < outputs; o++) {
            double product = moments.gram(0)[i * (columns + 1) + k] * planted[k * outputs + o];
            moments.cross(0)[i * outputs + o] += product;
            moments.squares(0)[o] += planted[i * outputs + o] * product;
          }
        }
      }
      folds.add(moments);
    }
    List<double[]> zero = new ArrayList<>();
    for (int fold = 0; fold <= FOLDS; fold++) {
      zero.add(new double[columns * outputs]);
    }
    Ridge.Solution solution = Ridge.solve(folds, 0, false, List.of(zero));
    assertTrue(solution.helps());
    assertTrue(solution.after() < 1e-4 * solution.before());
    assertArrayEquals(planted, solution.change(), 0.01);
  }

  @Test
  void samplesGoOnlyWhereTheirRowsAreThinnedOutAlready() {
    Effort effort = new Effort(1e9, 400);
    assertEquals(1, effort.every(0.5));
    assertEquals(1, effort.every(5.9));
    assertEquals(2, effort.every(6));
    assertEquals(5, effort.every(1000));
    assertEquals(1, new Effort(1e9, 100).every(1000));
    assertEquals(1, Effort.step(2.9, 8));
    assertEquals(3, Effort.step(3, 8));
    assertEquals(5, Effort.step(8, 14));
    assertEquals(31, Effort.step(1e6, 224));
  }

  @Test
  void trialsGoWithoutRounds() {
    Effort effort = new Effort(1e9, 500);
    assertEquals(0, effort.withoutRounds().rounds(50));
    assertEquals(3 * effort.withoutRounds().operations(10), effort.operations(10));
  }

  @Test
  void withoutAShiftThereIsNoRowForIt() {
    List<Moments> folds = folds(400, (x, random) -> line(x, 0), 1);
    Ridge.Solution solution = Ridge.solve(folds, 0, false, zero(INPUTS));
    assertTrue(solution.helps());
    assertArrayEquals(new double[] {1, 0, 0, 3, 0, 0, -2, 0}, solution.change(), 2e-3);
  }

  @Test
  void aShiftAloneIsFoundAndNotPenalised() {
    List<Moments> folds = folds(400, (x, random) -> new double[] {50, 0}, 1);
    Ridge.Solution solution = Ridge.solve(folds, 0, true, zero(INPUTS + 1));
    assertTrue(solution.helps());
    assertEquals(50, solution.change()[INPUTS * OUTPUTS], 0.05);
  }

  @Test
  void whatIsNoiseDoesNotHelp() {
    List<Moments> folds =
        folds(
            8,
            (x, random) -> new double[] {random.nextGaussian() * 9, random.nextGaussian() * 9},
            1);
    Ridge.Solution solution = Ridge.solve(folds, 0, false, zero(INPUTS));
    double[] change = solution.change();
    assertTrue(
        !solution.helps() || Arrays.stream(change).allMatch(value -> Math.abs(value) < 2),
        () -> Arrays.toString(change));
    List<Moments> nothing = folds(50, (x, random) -> new double[OUTPUTS], 1);
    assertFalse(Ridge.solve(nothing, 0, true, zero(INPUTS + 1)).helps());
  }

  @Test
  void theBetterStartIsTaken() {
    // so few rows that a start that is right is worth much
    List<Moments> folds = folds(1, (x, random) -> line(x, 0), 1);
    double[] planted = {1, 0, 0, 3, 0, 0, -2, 0};
    List<List<double[]>> starts = new ArrayList<>(zero(INPUTS));
    List<double[]> known = new ArrayList<>();
    for (int fold = 0; fold <= FOLDS; fold++) {
      known.add(planted);
    }
    starts.add(known);
    Ridge.Solution solution = Ridge.solve(folds, 0, false, starts);
    assertTrue(solution.helps());
    assertArrayEquals(planted, solution.change(), 1e-6);
  }

  @Test
  void channelsThatAreDeadDoNotBreakIt() {
    List<Moments> folds = folds(100, (x, random) -> deaden(x), 1);
    for (Moments fold : folds) {
      for (int i = 0; i <= INPUTS; i++) {
        fold.gram(0)[2 * (INPUTS + 1) + i] = 0;
        fold.gram(0)[i * (INPUTS + 1) + 2] = 0;
      }
      fold.cross(0)[2 * OUTPUTS] = 0;
      fold.cross(0)[2 * OUTPUTS + 1] = 0;
    }
    Ridge.Solution solution = Ridge.solve(folds, 0, true, zero(INPUTS + 1));
    assertTrue(solution.helps());
    assertTrue(Arrays.stream(solution.change()).allMatch(Double::isFinite));
    assertEquals(0, solution.change()[2 * OUTPUTS]);
  }

  private static double[] deaden(double[] x) {
    return new double[] {x[0], x[1]};
  }

  @Test
  void groupsAreSolvedApartAndMomentsStayAsTheyAre() {
    List<Moments> folds = folds(200, (x, random) -> line(x, 0), 2);
    for (Moments fold : folds) {
      Arrays.fill(fold.cross(1), 0);
    }
    double[] gram = folds.get(0).gram(0).clone();
    assertTrue(Ridge.solve(folds, 0, false, zero(INPUTS)).helps());
    assertFalse(Ridge.solve(folds, 1, false, zero(INPUTS)).helps());
    assertArrayEquals(gram, folds.get(0).gram(0));
  }

  @Test
  void effortPutsLevelsTogetherOnlyWherePassesAreDear() {
    Effort cheap = new Effort(1e9, 500);
    assertEquals(1, cheap.together(50));
    assertEquals(2, cheap.rounds(50));
    Effort dear = new Effort(4e12, 500);
    assertEquals(5, dear.together(53));
    assertEquals(0, dear.rounds(53));
    assertEquals(1, dear.together(12));
    assertEquals(1, new Effort(0, 20).together(3));
  }
}
