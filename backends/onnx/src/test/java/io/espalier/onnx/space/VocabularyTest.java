package io.espalier.onnx.space;

import static io.espalier.onnx.space.Tiny.list;
import static io.espalier.onnx.space.Tiny.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.core.Hparam;
import io.espalier.core.SavedSpace;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Choice;
import io.espalier.core.values.FrozenAxis;
import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.Mapped;
import io.espalier.core.values.Precision;
import io.espalier.core.values.TracedModel;
import io.espalier.core.vocabulary.Vocabulary;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.carve.PositionMap;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.TensorSource;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import io.espalier.onnx.verify.Verification;
import io.espalier.onnx.verify.Verifier;
import io.espalier.spi.EspalierException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Rows of a table that ids pick: they stay unless they are opened, and ids lead to what stays. */
class VocabularyTest {
  private static final int WORDS = 40;
  private static final int FEATURES = 6;
  private static final Rules OPEN =
      Rules.parse("{\"nn.Embedding\": {\"num_embeddings_ratio\": null}, \"nn.Linear\": {}}");

  private final Tiny t = new Tiny(17);

  private static float[] words() {
    float[] values = new float[WORDS * FEATURES];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(1.7 * i + 0.01 * i * i);
    }
    return values;
  }

  private String ids(String name) {
    return t.b.typedInput(name, DataTypes.INT64, "N", 7);
  }

  private String table() {
    return t.b.floats("words.weight", words(), WORDS, FEATURES);
  }

  private String rows(String layer, String table, String ids) {
    return t.b.node("Gather", "/" + layer + "/Gather", List.of(table, ids));
  }

  /** A sum over features, behind a layer. */
  private OnnxModel behind(String rows) {
    String hidden = t.op("Tanh", t.linear("hidden", rows, FEATURES, 10));
    return t.model(t.linear("last", hidden, 10, 3), "N", 7, 3);
  }

  private OnnxModel encoder() {
    return behind(rows("words", table(), ids("ids")));
  }

  private static SearchSpace cut(OnnxModel model, int rows, Integer... kept) {
    SearchSpace space = Cuts.space(model);
    Vocabulary.of(space).cut(rows, List.of(kept));
    return space;
  }

  private static Verification verify(OnnxModel model, SearchSpace space) {
    return Verifier.verify(model, Cuts.export(space), space.manifest());
  }

  private static void assertProved(OnnxModel model, SearchSpace space) {
    Verification verification = verify(model, space);
    assertEquals(Verification.Verdict.PROVED, verification.verdict(), verification::toString);
  }

  private static Tensor run(OnnxModel model, String input, long... ids) {
    try (OnnxSession session = OnnxSession.open(model, SessionSettings.plain())) {
      Map<String, Tensor> outputs =
          session.run(Map.of(input, Tensor.ofLongs(ids, ids.length / 7, 7)));
      return Objects.requireNonNull(outputs.get("output"));
    }
  }

  /** Row 30 points where row 3 does, and row 31 away from all that others have in common. */
  private OnnxModel withLikeRows() {
    float[] values = words();
    for (int i = 0; i < FEATURES; i++) {
      values[30 * FEATURES + i] = 5 * values[3 * FEATURES + i];
    }
    return behind(rows("words", t.b.floats("words.weight", values, WORDS, FEATURES), ids("ids")));
  }

  @Test
  void rowsStayUnlessTheyAreOpened() {
    SearchSpace space = Cuts.prove(encoder());

    Hparam rows = space.hparam("words.num_embeddings");
    assertEquals(List.of(Choice.of(WORDS)), rows.choices());
    assertFalse(rows.isConfigurable());
    FrozenAxis frozen =
        space.frozen().stream()
            .filter(axis -> axis.axis().equals("num_embeddings"))
            .findFirst()
            .orElseThrow();
    assertTrue(frozen.reason().contains("--vocabulary N"), frozen.reason());
    assertTrue(frozen.reason().contains("num_embeddings_ratio"), frozen.reason());
    assertThrows(EspalierException.class, () -> rows.setActive(Choice.of(20)));
  }

  @Test
  void aRuleOpensThem() {
    SearchSpace space = Cuts.prove(encoder(), OPEN);

    assertEquals(WORDS, space.hparam("words.num_embeddings").choices().size());
  }

  @Test
  void aRuleForOtherRowsLeavesThese() {
    SearchSpace space =
        Cuts.prove(encoder(), Rules.parse("{\"nn.Embedding\": {}, \"nn.Linear\": {}}"));

    assertFalse(space.hparam("words.num_embeddings").isConfigurable());
    assertTrue(space.hparam("words.embedding_dim").isConfigurable());
  }

  @Test
  void whatStaysIsWhatItWas() {
    OnnxModel model = encoder();
    SearchSpace space = cut(model, 25, 33, 39);
    OnnxModel small = Cuts.export(space);

    assertProved(model, space);
    long[] stay = {0, 5, 22, 33, 39, 1, 2};
    assertArrayEquals(run(model, "ids", stay).floats(), run(small, "ids", stay).floats());
    assertEquals(25, Objects.requireNonNull(small.initializers().get("words.weight")).dim(0));
    PositionMap.Read map = PositionMap.of(small).get(0);
    assertEquals("ids", map.positions());
    assertFalse(map.isMapped(33) || map.isMapped(-1));
    assertTrue(map.isMapped(23) && map.isMapped(-2));
  }

  @Test
  void whatGoesLeadsToTheMostSimilarRow() {
    OnnxModel model = withLikeRows();
    SearchSpace space = cut(model, 20);
    OnnxModel small = Cuts.export(space);

    assertEquals(3, space.manifest().mapped().get(0).table().get(30));
    long[] gone = {30, 30, 30, 30, 30, 30, 30};
    long[] like = {3, 3, 3, 3, 3, 3, 3};
    assertArrayEquals(run(small, "ids", like).floats(), run(small, "ids", gone).floats());
  }

  @Test
  void idsThatCountFromTheEnd() {
    OnnxModel small = Cuts.export(cut(encoder(), 15));
    long[] ids = {0, 7, 14, 15, 30, 38, 39};
    long[] negative = Arrays.stream(ids).map(id -> id - WORDS).toArray();

    assertArrayEquals(run(small, "ids", ids).floats(), run(small, "ids", negative).floats());
  }

  @Test
  void idsThroughACastAndAReshape() {
    String ids = t.op("Cast", with("to", (long) DataTypes.INT32), ids("ids"));
    ids = t.op("Reshape", t.op("Reshape", ids, t.ints(-1)), t.ints(-1, 7));
    OnnxModel model = behind(rows("words", table(), ids));

    assertProved(model, cut(model, 11));
  }

  @Test
  void twoLayersThatReadOneTable() {
    String table = table();
    String sum =
        t.op("Add", rows("source", table, ids("source")), rows("target", table, ids("target")));
    OnnxModel model = behind(sum);
    SearchSpace space = cut(model, 12, 35);

    assertProved(model, space);
    assertEquals(2, space.manifest().mapped().size());
    OnnxModel small = Cuts.export(space);
    assertEquals(
        1,
        small.initializers().keySet().stream().filter(name -> name.contains("position")).count());
    assertEquals(
        2, small.initializers().keySet().stream().filter(name -> name.contains("words")).count());
  }

  /** Each table finds what is similar by itself; both stay as long. */
  @Test
  void oneInputOfTwoTables() {
    String ids = ids("ids");
    String other = t.b.random("other.weight", 0, 1, WORDS, FEATURES);
    OnnxModel model = behind(t.op("Add", rows("words", table(), ids), rows("other", other, ids)));
    SearchSpace space = cut(model, 12, 35);

    assertProved(model, space);
    List<Mapped> maps = space.manifest().mapped();
    assertEquals(2, maps.size());
    assertFalse(maps.get(0).table().equals(maps.get(1).table()));
    assertEquals(maps.get(0).table().get(35), maps.get(1).table().get(35));
  }

  /** What a smaller table holds of the same tokens is not touched. */
  @Test
  void tablesOfPlacesAndTypesStay() {
    String ids = ids("ids");
    String places = t.b.weights("places.weight", 16, FEATURES);
    String types = t.b.weights("types.weight", 2, FEATURES);
    String place = t.op("Gather", places, t.b.longs("places", list(0, 1, 2, 3, 4, 5, 6), 7));
    String sum = t.op("Add", rows("words", table(), ids), place);
    OnnxModel model = behind(t.op("Add", sum, rows("types", types, ids("types"))));
    SearchSpace space = cut(model, 9);

    assertProved(model, space);
    assertEquals(1, space.manifest().mapped().size());
    assertEquals(2, space.hparam("types.num_embeddings").active().number());
  }

  @Test
  void rowsAndTheirFeatures() {
    OnnxModel model = encoder();
    SearchSpace space = cut(model, 8, 20);
    space.hparam("words.embedding_dim").setActive(Choice.of(2));
    space.hparam("hidden.out_features").setActive(Choice.of(3));

    assertProved(model, space);
    assertEquals(
        "[8, 2]",
        Arrays.toString(
            Objects.requireNonNull(Cuts.export(space).initializers().get("words.weight")).dims()));
  }

  @Test
  void idsOfALoop() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("body", 17);
    b.typedInput("turn", DataTypes.INT64);
    b.typedInput("go", DataTypes.BOOL);
    b.input("state", "N", 7, FEATURES);
    b.typedOutput("go_on", b.node("Identity", "go_on", List.of("go")), DataTypes.BOOL);
    String next =
        b.node("Mod", "next", List.of(b.node("Add", "plus", List.of("ids", "turn")), "count"));
    String rows = b.node("Gather", "/words/Gather", List.of("words.weight", next));
    b.output("after", b.node("Add", "add", List.of("state", rows)), "N", 7, FEATURES);
    ids("ids");
    table();
    t.b.longs("count", list(WORDS));
    String start = t.op("Tanh", t.b.input("start", "N", 7, FEATURES));
    String turns = t.b.longs("turns", list(3));
    OnnxModel model = behind(t.op("Loop", with("body", b.toProto().getGraph()), turns, "", start));
    SearchSpace space = Cuts.space(model);

    Vocabulary.of(space).cut(10, List.of());
    assertTrue(verify(model, space).agrees(), () -> verify(model, space).toString());
  }

  @Test
  void inEightBitsAsWell() throws IOException {
    float[] values = new float[60 * 40];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(1.7 * i + 0.01 * i * i);
    }
    String rows = rows("words", t.b.floats("words.weight", values, 60, 40), ids("ids"));
    OnnxModel model = t.model(t.linear("last", t.op("Tanh", rows), 40, 3), "N", 7, 3);
    SearchSpace space =
        Cuts.spaces()
            .generate(
                OnnxNetwork.of(model, "a model").writtenAs(Precision.INT8), Rules.everything());
    Vocabulary.of(space).cut(30, List.of(50));
    TracedModel small = space.export();
    Manifest manifest = space.manifest().withQuantised(small.quantisation().parameters());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    small.save(bytes);
    OnnxModel file = OnnxModel.of(bytes.toByteArray());

    Verification verification = Verifier.verify(model, file, manifest);
    assertEquals(Verification.Verdict.PROVED, verification.verdict(), verification::toString);
    assertEquals(1, verification.quantised().size());
    assertFalse(PositionMap.of(file).isEmpty());
  }

  private static void assertStays(OnnxModel model, String reason) {
    SearchSpace space = Cuts.space(model);
    Exception refused = assertThrows(EspalierException.class, () -> Vocabulary.of(space));
    assertTrue(String.valueOf(refused.getMessage()).contains(reason), refused.getMessage());
    assertEquals(WORDS, space.hparam("words.num_embeddings").choices().get(0).number());
  }

  @Test
  void aHeadThatReadsTheTableKeepsItWhole() {
    String table = table();
    String rows = rows("words", table, ids("ids"));
    String hidden = t.op("Tanh", t.linear("hidden", rows, FEATURES, FEATURES));
    String turned = t.op("Transpose", with("perm", list(1, 0)), table);
    OnnxModel model = t.model(t.op("MatMul", hidden, turned), "N", 7, WORDS);

    assertStays(model, "graph output 'output' fixes it");
  }

  @Test
  void soDoesAHeadWhoseScoresAreReadFurtherOn() {
    String table = table();
    String rows = rows("words", table, ids("ids"));
    String turned = t.op("Transpose", with("perm", list(1, 0)), table);
    String scores = t.op("Tanh", t.op("MatMul", rows, turned));
    String back = t.op("MatMul", scores, table);

    assertStays(behind(back), "is read here along the whole axis, at MatMul");
  }

  @Test
  void andWhoCountsItsRows() {
    String table = table();
    String ids = ids("ids");
    String count = t.op("Gather", t.op("Shape", table), t.b.longs("first", list(0)));
    String rows = rows("words", table, t.op("Mod", ids, count));

    assertStays(behind(rows), "is read here along the whole axis, at Shape");
  }

  @Test
  void rowsThatAreComputedStay() {
    String half = t.op("Cast", with("to", (long) DataTypes.FLOAT16), table());
    String whole = t.op("Cast", with("to", (long) DataTypes.FLOAT), half);

    assertStays(behind(rows("words", whole, ids("ids"))), "not stored as it is read");
  }

  @Test
  void idsThatAreKnownPickWhatTheyPick() {
    String rows = t.op("Gather", table(), t.b.longs("known", list(1, 7, 3, 9, 2, 4, 4), 7));
    OnnxModel model = behind(t.op("Add", t.b.input("data", "N", 7, FEATURES), rows));
    Exception refused =
        assertThrows(EspalierException.class, () -> Vocabulary.of(Cuts.space(model)));

    assertTrue(String.valueOf(refused.getMessage()).contains("has no vocabulary"));
  }

  @Test
  void whatCannotBeIsSaid() {
    Vocabulary vocabulary = Vocabulary.of(Cuts.space(encoder()));
    Map<Runnable, String> wrong =
        Map.of(
            () -> vocabulary.cut(0, List.of()), "ask for 1 to 40",
            () -> vocabulary.cut(41, List.of()), "ask for 1 to 40",
            () -> vocabulary.cut(3, List.of(40)), "the row of id 40 is to stay",
            () -> vocabulary.cut(1, List.of(2, 3)), "2 rows are to stay");
    wrong.forEach(
        (cut, words) -> {
          Exception refused = assertThrows(EspalierException.class, cut::run);
          assertTrue(String.valueOf(refused.getMessage()).contains(words), refused.getMessage());
        });
  }

  @Test
  void aWrongMapIsSeen() {
    OnnxModel model = encoder();
    SearchSpace space = cut(model, 10);
    OnnxModel small = Cuts.export(space);
    Manifest manifest = space.manifest();
    Mapped right = manifest.mapped().get(0);
    List<Integer> other = new ArrayList<>(right.table());
    Collections.reverse(other);
    String name =
        small.initializers().keySet().stream()
            .filter(n -> n.contains("position"))
            .findFirst()
            .orElseThrow();
    int[] spoilt = other.stream().mapToInt(Integer::intValue).toArray();
    ByteBuffer bytes = ByteBuffer.allocate(4 * spoilt.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(spoilt);
    OnnxModel wrong =
        new OnnxEdit(small)
            .replaceInitializer(
                name, TensorSource.ofBytes(name, DataTypes.INT32, bytes, spoilt.length))
            .toModel();

    Verification seen = Verifier.verify(model, wrong, manifest);
    assertFalse(seen.passed(), seen::toString);
    assertTrue(seen.changed().toString().contains("does not lead positions"), seen::toString);
    assertFalse(seen.agrees(), "a run sees it, too");
    Mapped shifted =
        new Mapped(right.output(), right.input(), right.parameter(), right.axis(), other);
    Manifest lying =
        new Manifest(
            manifest.parameters(), List.of(), List.of(), List.of(shifted), List.of(), List.of());
    assertFalse(Verifier.verify(model, small, lying).passed());
    assertFalse(
        Verifier.verify(model, small, new Manifest(manifest.parameters(), List.of(), List.of()))
            .passed());
  }

  @Test
  void theManifestIsReadAsItIsWritten() {
    Manifest manifest = cut(encoder(), 10, 39).manifest();

    assertEquals(manifest, Manifest.parse(manifest.toJson(), "manifest"));
    assertEquals(WORDS, manifest.mapped().get(0).table().size());
  }

  @Test
  void aSavedSpaceHasTheSameRows() {
    OnnxModel model = encoder();
    SearchSpace space = cut(model, 10, 39, 17);
    SavedSpace saved = SavedSpace.parse(space.save().toJson(), "space");
    SearchSpace restored = Cuts.space(model);
    restored.restore(saved);

    assertEquals(space.manifest(), restored.manifest());
    assertEquals(Cuts.export(space).fingerprint(), Cuts.export(restored).fingerprint());
    assertFalse(restored.hparam("words.num_embeddings").isConfigurable());
  }

  /** Cut again, ids go through both maps. */
  @Test
  void aCutVocabularyIsCutAgain() {
    OnnxModel once = Cuts.export(cut(encoder(), 20));
    SearchSpace space = cut(once, 6);

    assertProved(once, space);
    List<NodeProto> gathers =
        Cuts.export(space).nodes().stream()
            .filter(node -> node.getOpType().equals("Gather"))
            .toList();
    assertEquals(3, gathers.size());
  }

  @Test
  void nothingCutNothingMoved() {
    OnnxModel model = encoder();

    assertEquals(model.fingerprint(), Cuts.export(cut(model, WORDS)).fingerprint());
  }
}
