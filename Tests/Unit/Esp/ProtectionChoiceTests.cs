using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using RouterOS.Crypto;
using RouterOS.Packets;
using RouterOS.Proto.Esp.V1;
using RouterOS.Unit.Crypto;

namespace RouterOS.Unit.Esp;

/// <summary>Which of an interface's many protections takes a packet: the narrowest that fits, and of two alike the newer one.</summary>
public sealed class ProtectionChoiceTests : IDisposable
{
    private readonly CryptoEngines _engines = CryptoEngines.Open();

    public void Dispose() => _engines.Dispose();

    [Fact]
    public void Whatever_was_bound_configured_anew_and_removed_the_look_up_finds_what_a_walk_would()
    {
        for (ulong seed = 1; seed <= 60; seed++)
        {
            FixedRandom random = new(seed);
            int Next(int below) => (int)(BinaryPrimitives.ReadUInt32LittleEndian(random.Bytes(4)) % (uint)below);
            using EspRig rig = new(_engines);
            List<ProtectionRow> rows = [];
            int count = 3 + Next(16);
            for (uint id = 1; id <= count; id++)
            {
                Assert.Null(rig.Set("sa-out", $"{id}/{id + 1000}", EspRig.Sa(EspPackets.NullMd5, id + 1000, id)));
                ProtectionRow row = Random(id, Next);
                Assert.Null(rig.Set("protection", $"{id}", row));
                rows.Add(row);
            }

            for (int round = 0; round < 4; round++)
            {
                for (int i = 0; i < 40; i++)
                {
                    Compare(rig, rows, Next);
                }

                int at = Next(rows.Count);
                if (round == 1)
                {
                    rig.Remove("protection", $"{rows[at].Id}");
                    rows.RemoveAt(at);
                }
                else
                {
                    // It stays as new as it was.
                    rows[at] = Random(rows[at].Id, Next);
                    Assert.Null(rig.Set("protection", $"{rows[at].Id}", rows[at]));
                }
            }
        }
    }

    private static void Compare(EspRig rig, List<ProtectionRow> rows, Func<int, int> next)
    {
        bool isVersion6 = next(3) == 0;
        string to = isVersion6 ? $"2001:db8:2::{next(16):x}" : $"10.1.0.{next(16)}";
        byte[] destination = IPAddress.Parse(to).GetAddressBytes();
        nint packet = rig.Rent(isVersion6 ? EspFamilyTests.Inner6(80, destination: to) : EspPackets.Inner(80, destination: BinaryPrimitives.ReadUInt32BigEndian(destination)));
        uint hop = isVersion6 ? 0 : (uint)next(4);
        PacketBuffer.At(packet).NextHop = hop;
        ProtectionRow? expected = rows.Where(r => Takes(r, destination, hop)).OrderBy(r => Width(r)).ThenByDescending(r => rows.IndexOf(r)).FirstOrDefault();
        byte[]? sealedPacket = rig.Take("esp-encrypt", packet, "ip4-local-out").SingleOrDefault();
        Assert.Equal((expected?.Id ?? 0) + 1000, sealedPacket is null ? 1000 : BinaryPrimitives.ReadUInt32BigEndian(sealedPacket.AsSpan(20)));
    }

    private static ProtectionRow Random(uint id, Func<int, int> next)
    {
        ProtectionRow row = EspRig.Protection(id, id + 1000);
        row.Name = $"vpn-{id}";
        uint low = 0x0a010000 + (uint)next(16);
        switch (next(5))
        {
            case 0:
                uint mask = (1u << next(5)) - 1;
                row.Takes = Range4(low & ~mask, low | mask);
                break;
            case 1:
                row.Takes = Range4(low, low + (uint)next(5));
                break;
            case 2:
                int bits = (1 << next(5)) - 1;
                int address = next(16);
                row.Takes = Range6(address & ~bits, address | bits);
                break;
            case 3:
                row.NextHops.Add((uint)(1 + next(3)));
                row.NextHops6.Add(ByteString.CopyFrom(IPAddress.Parse($"2001:db8:2::{next(16):x}").GetAddressBytes()));
                break;
            default:
                row.Takes = next(2) == 0 ? null : Range4(0, uint.MaxValue);
                break;
        }

        return row;
    }

    private static Selector Range4(uint first, uint last) => new() { SourceLast = uint.MaxValue, DestinationFirst = first, DestinationLast = last };

    private static Selector Range6(int first, int last) => new()
    {
        SourceFirst6 = ByteString.CopyFrom(new byte[16]),
        SourceLast6 = ByteString.CopyFrom([.. Enumerable.Repeat((byte)255, 16)]),
        DestinationFirst6 = ByteString.CopyFrom(IPAddress.Parse($"2001:db8:2::{first:x}").GetAddressBytes()),
        DestinationLast6 = ByteString.CopyFrom(IPAddress.Parse($"2001:db8:2::{last:x}").GetAddressBytes()),
    };

    private static bool Takes(ProtectionRow row, byte[] destination, uint hop)
    {
        bool isVersion6 = destination.Length == 16;
        if (row.NextHops.Count > 0)
        {
            return isVersion6 ? row.NextHops6[0].Span.SequenceEqual(destination) : row.NextHops.Contains(hop);
        }

        if (row.Takes is not { } takes)
        {
            return true;
        }

        if (isVersion6 != !takes.DestinationFirst6.IsEmpty)
        {
            return false;
        }

        uint number = isVersion6 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(destination);
        return isVersion6
            ? takes.DestinationFirst6.Span.SequenceCompareTo(destination) <= 0 && takes.DestinationLast6.Span.SequenceCompareTo(destination) >= 0
            : number >= takes.DestinationFirst && number <= takes.DestinationLast;
    }

    // Of IPv6 the bits that differ.
    private static uint Width(ProtectionRow row) => row.Takes is not { } takes ? uint.MaxValue
        : takes.DestinationFirst6.IsEmpty ? takes.DestinationLast - takes.DestinationFirst
        : (uint)Convert.ToString(takes.DestinationFirst6[15] ^ takes.DestinationLast6[15], 2).TrimStart('0').Length;
}
