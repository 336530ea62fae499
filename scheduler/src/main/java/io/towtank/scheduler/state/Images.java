package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ContainerImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which images the nodes have, and on how many nodes each is. */
public final class Images {
  private static final int[] NONE = {};

  private final Map<String, Integer> ids = new HashMap<>();
  private final List<long[]> sizeAndNodes = new ArrayList<>();
  private int[][] imagesOfRow = new int[0][];

  Images() {}

  /** The image's number; a new one where no node has it so far. */
  public int id(String name) {
    Integer known = ids.get(name);
    if (known != null) {
      return known;
    }
    ids.put(name, sizeAndNodes.size());
    sizeAndNodes.add(new long[2]);
    return sizeAndNodes.size() - 1;
  }

  /** Bytes, as the first node told that had it. */
  public long sizeBytes(int image) {
    return sizeAndNodes.get(image)[0];
  }

  /** How many nodes have it. */
  public long nodes(int image) {
    return sizeAndNodes.get(image)[1];
  }

  /** Whether a row has an image. */
  public boolean has(int row, int image) {
    return row < imagesOfRow.length && Arrays.binarySearch(imagesOfRow[row], image) >= 0;
  }

  void set(int row, ImmutableList<ContainerImage> images) {
    if (row >= imagesOfRow.length) {
      int length = imagesOfRow.length;
      imagesOfRow = Arrays.copyOf(imagesOfRow, Math.max(64, Math.max(row + 1, length * 2)));
      Arrays.fill(imagesOfRow, length, imagesOfRow.length, NONE);
    }
    int[] before = imagesOfRow[row];
    if (before.length == 0 && images.isEmpty()) {
      return;
    }
    int[] now =
        images.stream()
            .flatMap(image -> image.names().stream())
            .mapToInt(this::id)
            .sorted()
            .distinct()
            .toArray();
    for (ContainerImage image : images) {
      for (String name : image.names()) {
        long[] entry = sizeAndNodes.get(id(name));
        if (entry[1] == 0) {
          entry[0] = image.sizeBytes() == null ? 0 : image.sizeBytes();
        }
      }
    }
    if (Arrays.equals(before, now)) {
      return;
    }
    for (int image : before) {
      sizeAndNodes.get(image)[1]--;
    }
    for (int image : now) {
      sizeAndNodes.get(image)[1]++;
    }
    imagesOfRow[row] = now;
  }
}
