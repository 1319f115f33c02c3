package io.espalier.onnx.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteSinkTest {
  /** Small and large pieces by turns, more of them than both buffers hold. */
  @Test
  void piecesOfAllSizesArriveInOrder() throws IOException {
    byte[] source = new byte[5_000_000];
    Random random = new Random(1);
    random.nextBytes(source);
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    ByteSink sink = new ByteSink(Channels.newChannel(target));
    write(source, sink, random);
    sink.flush();

    assertArrayEquals(source, target.toByteArray());
  }

  @Test
  void aBufferIsFilledFromItsPositionOn() throws IOException {
    byte[] source = new byte[1_000_000];
    Random random = new Random(1);
    random.nextBytes(source);
    ByteBuffer target = ByteBuffer.allocate(source.length + 3).position(3);
    write(source, ByteSink.into(target), random);

    assertEquals(source.length + 3, target.position());
    assertArrayEquals(source, Arrays.copyOfRange(target.array(), 3, source.length + 3));
    assertThrows(BufferOverflowException.class, () -> ByteSink.into(target).write(new byte[] {1}));
  }

  private static void write(byte[] source, ByteSink sink, Random random) throws IOException {
    int at = 0;
    while (at < source.length) {
      int most = random.nextInt(20) == 0 ? 300_000 : 4_000;
      int count = Math.min(source.length - at, random.nextInt(most));
      sink.write(ByteBuffer.wrap(source, at, count));
      at += count;
      assertEquals(at, sink.written());
    }
  }

  @Test
  void aFailureIsThatOfTheChannel() {
    IOException full = new IOException("no space left on device");
    ByteSink sink = new ByteSink(new FullChannel(full));

    IOException thrown =
        assertThrows(
            IOException.class,
            () -> {
              for (int i = 0; i < 1_000; i++) {
                sink.write(new byte[4_000]);
              }
              sink.flush();
            });

    assertSame(full, thrown);
  }

  private record FullChannel(IOException failure) implements WritableByteChannel {
    @Override
    public int write(ByteBuffer source) throws IOException {
      throw failure;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
