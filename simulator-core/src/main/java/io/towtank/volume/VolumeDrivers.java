package io.towtank.volume;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.CsiPersistentVolumeSource;
import io.towtank.api.PersistentVolume;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose a volume is. Kubernetes' own sources for the disks of clouds are served by CSI drivers
 * nowadays (csi-translation-lib); the others, as nfs or hostPath, have nobody that makes, attaches
 * or grows them.
 */
public final class VolumeDrivers {
  private static final ImmutableMap<String, String> PROVISIONERS =
      ImmutableMap.<String, String>builder()
          .put("kubernetes.io/aws-ebs", "ebs.csi.aws.com")
          .put("kubernetes.io/gce-pd", "pd.csi.storage.gke.io")
          .put("kubernetes.io/azure-disk", "disk.csi.azure.com")
          .put("kubernetes.io/azure-file", "file.csi.azure.com")
          .put("kubernetes.io/cinder", "cinder.csi.openstack.org")
          .put("kubernetes.io/vsphere-volume", "csi.vsphere.vmware.com")
          .put("kubernetes.io/portworx-volume", "pxd.portworx.com")
          .buildOrThrow();

  private static final ImmutableMap<String, String> SOURCES =
      ImmutableMap.<String, String>builder()
          .put("awsElasticBlockStore", "ebs.csi.aws.com")
          .put("gcePersistentDisk", "pd.csi.storage.gke.io")
          .put("azureDisk", "disk.csi.azure.com")
          .put("azureFile", "file.csi.azure.com")
          .put("cinder", "cinder.csi.openstack.org")
          .put("vsphereVolume", "csi.vsphere.vmware.com")
          .put("portworxVolume", "pxd.portworx.com")
          .buildOrThrow();

  private VolumeDrivers() {}

  /** The provisioner that serves a class: a CSI driver for what was once built in. */
  public static String provisioner(String name) {
    return PROVISIONERS.getOrDefault(name, name);
  }

  /** Whether the controller manager itself would have to serve a provisioner, which it cannot. */
  public static boolean isBuiltIn(String provisioner) {
    return provisioner.startsWith("kubernetes.io/") && !PROVISIONERS.containsKey(provisioner);
  }

  /** The CSI driver that serves volumes of a source, such as {@code cinder}; null for none. */
  public static @Nullable String ofSource(String source) {
    return SOURCES.get(source);
  }

  /** The CSI driver of a volume, null where it has none. */
  public static @Nullable String driver(PersistentVolume volume) {
    CsiPersistentVolumeSource csi = volume.spec().csi();
    if (csi != null) {
      return csi.driver();
    }
    for (Map.Entry<String, String> source : SOURCES.entrySet()) {
      if (volume.spec().rest().get(source.getKey()) != null) {
        return source.getValue();
      }
    }
    return null;
  }

  /** What the driver calls a volume; its name where the source says none. */
  public static String handle(PersistentVolume volume) {
    CsiPersistentVolumeSource csi = volume.spec().csi();
    return csi == null ? volume.name() : csi.volumeHandle();
  }

  /** Whether several nodes may have a volume attached at once. */
  public static boolean isShared(PersistentVolume volume) {
    return volume.spec().accessModes().contains("ReadWriteMany")
        || volume.spec().accessModes().contains("ReadOnlyMany");
  }
}
