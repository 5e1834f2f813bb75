using System.Globalization;
using System.Text;
using RouterOS.Forwarding.Nodes;
using RouterOS.Forwarding.Rows;
using RouterOS.Packets;

namespace RouterOS.Forwarding.Tables;

/// <summary>Takes rows of table "interface" (message InterfaceRow, key = index in decimal).</summary>
internal sealed class InterfaceRowSink(ForwardingTables tables) : IRowSink
{
    // RFC 791: every link must carry 68 bytes without fragmentation.
    private const ulong SmallestMtu = 68;
    private const ulong LargestMtu = 65535;

    public string? Set(string key, ReadOnlySpan<byte> row)
    {
        var parsed = new Parsed();
        if (!parsed.Read(row))
        {
            return "The interface row is not a valid message.";
        }

        if (parsed.Index is 0 or > ForwardingTables.MaximumIndex || key != parsed.Index.ToString(CultureInfo.InvariantCulture))
        {
            return $"The interface row '{key}' has index {parsed.Index}; the key must be the index, from 1 to {ForwardingTables.MaximumIndex}.";
        }

        if (parsed.Instance > ForwardingTables.MaximumIndex)
        {
            return $"Interface {parsed.Name} has instance {parsed.Instance}; the largest is {ForwardingTables.MaximumIndex}.";
        }

        if (parsed.Mtu6 is not 0 and (< SmallestMtu or > LargestMtu))
        {
            return $"Interface {parsed.Name} has IPv6 MTU {parsed.Mtu6}; it must be from {SmallestMtu} to {LargestMtu}.";
        }

        if (parsed.Mtu is < SmallestMtu or > LargestMtu)
        {
            return $"Interface {parsed.Name} has MTU {parsed.Mtu}; it must be from {SmallestMtu} to {LargestMtu}.";
        }

        if (!tables.LinkEdges.ContainsKey(parsed.LinkType))
        {
            return $"Interface {parsed.Name} has link type '{parsed.LinkType}', which no node package adds.";
        }

        if (tables.TryGetInterface(parsed.Name, out ForwardingInterface? namesake) && namesake.Index != parsed.Index)
        {
            return $"Interface {parsed.Name} is index {namesake.Index} already.";
        }

        if (parsed.Vlan >= VlanTag.Identifiers - 1)
        {
            return $"Interface {parsed.Name} has VLAN identifier {parsed.Vlan}; the largest is {VlanTag.Identifiers - 2}.";
        }

        if (tables.InterfaceOnPort(parsed.Port, (int)parsed.Vlan) is { } other && other.Index != parsed.Index)
        {
            return $"Port {parsed.Port} carries interface {other.Name}{(parsed.Vlan == 0 ? "" : $" in VLAN {parsed.Vlan}")} already.";
        }

        ForwardingInterface changed = tables.MakeInterface((uint)parsed.Index);
        tables.Rename(changed, parsed.Name);
        changed.LinkType = parsed.LinkType;
        changed.Mtu = (int)parsed.Mtu;
        changed.Mtu6 = (int)(parsed.Mtu6 == 0 ? parsed.Mtu : parsed.Mtu6);
        changed.StaticNeighbors = [.. parsed.Neighbors];
        changed.Donor = (uint)Math.Min(parsed.Donor, ForwardingTables.MaximumIndex);
        changed.SkipsDuplicateDetection = parsed.SkipsDuplicateDetection;
        changed.ArpNanoseconds = parsed.ArpSeconds == 0 ? ForwardingInterface.DefaultArpNanoseconds
            : (long)Math.Min(parsed.ArpSeconds, int.MaxValue) * ForwardingInterface.NanosecondsPerSecond;
        changed.Instance = (uint)parsed.Instance;
        changed.AddressArray = [.. parsed.Addresses];
        changed.AddressArray6 = [.. parsed.Addresses6];
        changed.HasIpv6 = parsed.Inet6 || parsed.Addresses6.Count > 0;
        changed.LinkLocal = parsed.LinkLocal;
        changed.RowUp = parsed.Up;
        tables.Bind(changed, parsed.Port, (int)parsed.Vlan);
        tables.Refresh(changed);
        return null;
    }

    public void Remove(string key)
    {
        if (uint.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out uint index))
        {
            tables.RemoveInterface(index);
        }
    }

    private sealed class Parsed
    {
        public ulong Index { get; private set; }

        public string Name { get; private set; } = "";

        public string LinkType { get; private set; } = "";

        public string Port { get; private set; } = "";

        public ulong Mtu { get; private set; }

        public bool Up { get; private set; }

        public ulong Instance { get; private set; }

        public List<InterfaceAddress> Addresses { get; } = [];

        public List<InterfaceAddress6> Addresses6 { get; } = [];

        public bool Inet6 { get; private set; }

        public ulong Vlan { get; private set; }

        public ulong Mtu6 { get; private set; }

        public List<InterfaceNeighbor> Neighbors { get; } = [];

        public ulong Donor { get; private set; }

        public bool SkipsDuplicateDetection { get; private set; }

        public ulong ArpSeconds { get; private set; }

        public UInt128 LinkLocal { get; private set; }

        public bool Read(ReadOnlySpan<byte> row)
        {
            var reader = new ProtobufReader(row);
            while (reader.Next())
            {
                switch (reader.Field)
                {
                    case 1:
                        Index = reader.Number;
                        break;
                    case 2:
                        Name = Encoding.UTF8.GetString(reader.Bytes);
                        break;
                    case 3:
                        LinkType = Encoding.UTF8.GetString(reader.Bytes);
                        break;
                    case 4:
                        Port = Encoding.UTF8.GetString(reader.Bytes);
                        break;
                    case 5:
                        Mtu = reader.Number;
                        break;
                    case 6:
                        Up = reader.Number != 0;
                        break;
                    case 7:
                        Instance = reader.Number;
                        break;
                    case 8:
                        if (!ReadAddress(reader.Bytes))
                        {
                            return false;
                        }

                        break;
                    case 9:
                        if (!ReadAddress6(reader.Bytes))
                        {
                            return false;
                        }

                        break;
                    case 10:
                        Inet6 = reader.Number != 0;
                        break;
                    case 11:
                        Vlan = reader.Number;
                        break;
                    case 12:
                        Mtu6 = reader.Number;
                        break;
                    case 13:
                        if (!ReadNeighbor(reader.Bytes))
                        {
                            return false;
                        }

                        break;
                    case 14:
                        Donor = reader.Number;
                        break;
                    case 15:
                        SkipsDuplicateDetection = reader.Number != 0;
                        break;
                    case 16:
                        ArpSeconds = reader.Number;
                        break;
                    case 17 when reader.Bytes.Length == Ipv6Address.Length:
                        LinkLocal = Ipv6Address.Read(reader.Bytes);
                        break;
                    case 17 when !reader.Bytes.IsEmpty:
                        return false;
                    default:
                        break;
                }
            }

            return !reader.Failed && Name.Length > 0 && !Name.Any(char.IsControl);
        }

        private bool ReadNeighbor(ReadOnlySpan<byte> message)
        {
            var reader = new ProtobufReader(message);
            uint address = 0;
            UInt128 address6 = 0;
            byte[] link = [];
            while (reader.Next())
            {
                switch (reader.Field)
                {
                    case 1:
                        address = (uint)reader.Number;
                        break;
                    case 2 when reader.Bytes.Length == Ipv6Address.Length:
                        address6 = Ipv6Address.Read(reader.Bytes);
                        break;
                    case 3:
                        link = reader.Bytes.ToArray();
                        break;
                    default:
                        break;
                }
            }

            if (reader.Failed || link.Length != EthernetHeader.AddressBytes || (address == 0) == (address6 == 0))
            {
                return false;
            }

            Neighbors.Add(new InterfaceNeighbor(address, address6, link));
            return true;
        }

        private bool ReadAddress6(ReadOnlySpan<byte> message)
        {
            var reader = new ProtobufReader(message);
            UInt128 address = 0;
            ulong length = 0;
            while (reader.Next())
            {
                if (reader.Field == 1 && reader.Bytes.Length == Ipv6Address.Length)
                {
                    address = Ipv6Address.Read(reader.Bytes);
                }
                else if (reader.Field == 2)
                {
                    length = reader.Number;
                }
            }

            if (reader.Failed || length > Fib6.Bits || Ipv6Address.IsMartianSource(address))
            {
                return false;
            }

            Addresses6.Add(new InterfaceAddress6(address, (byte)length));
            return true;
        }

        private bool ReadAddress(ReadOnlySpan<byte> message)
        {
            var reader = new ProtobufReader(message);
            uint address = 0;
            ulong length = 0;
            while (reader.Next())
            {
                if (reader.Field == 1)
                {
                    address = (uint)reader.Number;
                }
                else if (reader.Field == 2)
                {
                    length = reader.Number;
                }
            }

            if (reader.Failed || length > 32)
            {
                return false;
            }

            Addresses.Add(new InterfaceAddress(address, (byte)length));
            return true;
        }
    }
}
