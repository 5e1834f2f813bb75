using RouterOS.Forwarding.Rows;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Snapshot of table "reassembly": fragments to the router itself, by instance and protocol.</summary>
internal sealed class ReassemblySource(ReassemblyTable<Ip4FragmentFormat> table) : ISnapshotSource
{
    /// <summary>Fields 1 to 3 of ReassemblyCounters.</summary>
    public ulong SummedFields => 0b1110;

    /// <inheritdoc/>
    public void Read(string key, Action<string, byte[]> write)
    {
        foreach (((uint instance, byte protocol), ReassemblyCounts counts) in table.Counts.OrderBy(c => c.Key))
        {
            string name = $"{instance}/{protocol}";
            if (key.Length == 0 || key == name)
            {
                write(name, new ProtobufWriter().Number(1, counts.Fragments).Number(2, counts.Packets).Number(3, counts.Dropped).ToArray());
            }
        }
    }
}
